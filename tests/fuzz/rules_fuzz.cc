// Any text as a rule pack or a calendar: refused by what is wrong, or compiled into a book whose
// examples can be run.
#include <cstdint>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/domain/rule_examples.h"
#include "tests/fuzz/require.h"

namespace vigil::fuzz {
namespace {

using registry::RuleBook;

void TryPack(std::string_view text) {
  rules::v1::RulePack pack;
  if (!ParseYaml(text, "pack.yaml", &pack).ok()) return;
  const auto book = RuleBook::Compile({pack}, {});
  if (!book.ok()) return Require(!book.status().message().empty(), "a refusal says why");
  registry::RunExamples(*book, pack);
  registry::RulesWithoutExample(pack);
  const auto again = RuleBook::Compile(book->archive());
  Require(again.ok() && again->version() == book->version(), "an archive gives the same book");
}

void TryCalendar(std::string_view text) {
  rules::v1::Calendar calendar;
  if (!ParseYaml(text, "calendar.yaml", &calendar).ok()) return;
  const auto book = RuleBook::Compile({}, {calendar});
  Require(book.ok() || !book.status().message().empty(), "a refusal says why");
}

}  // namespace
}  // namespace vigil::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  vigil::fuzz::TryPack(text);
  vigil::fuzz::TryCalendar(text);
  return 0;
}
