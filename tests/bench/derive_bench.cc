// Derives the deadlines and findings of every case of a data folder, over and over on one thread,
// and prints cases a second. usage: derive_bench DATA_DIR
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/deadline.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace {

namespace registry = vigil::registry;
namespace pb = vigil::registry::v1;

struct LoadedCase {
  pb::Case record;
  std::vector<std::unique_ptr<registry::CheckedFact>> own;
  std::vector<const registry::CheckedFact*> facts;
};

[[noreturn]] void Fail(const absl::Status& status) {
  std::cerr << status << "\n";
  std::exit(1);
}

std::map<std::string, LoadedCase> Load(const std::string& folder) {
  auto documents = vigil::LoadYamlDir<pb::CaseDocument>(folder);
  if (!documents.ok()) Fail(documents.status());
  std::map<std::string, LoadedCase> cases;
  for (auto& [file, document] : *documents) {
    if (!document.has_case_()) continue;
    auto& loaded = cases[document.case_().name()];
    loaded.record = document.case_();
    for (auto& fact : *document.mutable_facts()) {
      fact.set_name(loaded.record.name() + "/facts/" + fact.name());
      auto checked = registry::CheckFact(fact);
      if (!checked.ok()) Fail(checked.status());
      loaded.own.push_back(std::make_unique<registry::CheckedFact>(*std::move(checked)));
    }
  }
  for (auto& [name, loaded] : cases) {
    for (const auto& fact : loaded.own) {
      loaded.facts.push_back(fact.get());
      for (const auto& other : fact->fact().concerns()) {
        if (cases.contains(other)) cases.at(other).facts.push_back(fact.get());
      }
    }
  }
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: derive_bench DATA_DIR\n";
    return 2;
  }
  const std::string data = argv[1];
  const auto rules = registry::RuleBook::Load(data + "/rules", data + "/calendars");
  if (!rules.ok()) Fail(rules.status());
  const auto cases = Load(data + "/cases");
  const auto as_of = vigil::civil::Day(std::chrono::year(2018) / 4 / 28);

  using std::chrono::steady_clock;
  const auto begin = steady_clock::now();
  long derived = 0, deadlines = 0;
  while (steady_clock::now() - begin < std::chrono::seconds(3)) {
    for (const auto& [name, loaded] : cases) {
      const registry::CaseView view{
          .record = &loaded.record, .dossier = nullptr, .facts = loaded.facts};
      deadlines +=
          static_cast<long>(registry::DeriveDeadlines(view, *rules, as_of).deadlines.size());
      ++derived;
    }
  }
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  std::cout << "{\"rate\": " << derived / took.count() << ", \"cases\": " << cases.size()
            << ", \"deadlines_a_case\": " << static_cast<double>(deadlines) / derived << "}"
            << std::endl;
}
