#include "common/yaml/second_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace vigil::yaml {
namespace {

// Keeps the line on which the document's first node begins.
class FirstLine final : public YAML::EventHandler {
 public:
  int line() const { return std::max(line_, 1); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Keep(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Keep(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string&) override {
    Keep(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Keep(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Keep(mark);
  }
  void OnMapEnd() override {}

 private:
  void Keep(const YAML::Mark& mark) {
    if (line_ == 0) line_ = mark.line + 1;
  }

  int line_ = 0;
};

}  // namespace

int LineOfSecondDocument(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  FirstLine first, second;
  if (!parser.HandleNextDocument(first) || !parser.HandleNextDocument(second)) return 0;
  return second.line();
}

}  // namespace vigil::yaml
