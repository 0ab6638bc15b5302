#include "tests/bench/growth/made_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>

#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/casebook/search_terms.h"
#include "tests/unit/domain/altered_case.h"
#include "tests/unit/domain/generated_case.h"

namespace vigil::bench {
namespace {

namespace pb = registry::v1;

constexpr size_t kMaxFacts = 8;
// Noon in Almaty of the day on which all was written.
constexpr int64_t kWritten = 1'524'873'600;

using Syllables = std::array<const char*, 16>;
constexpr Syllables kLatin = {"ar", "be", "da", "el", "gu", "ka", "li", "ma",
                              "no", "ra", "sa", "te", "ul", "va", "yr", "zhan"};
constexpr Syllables kCyrillic = {"ар", "бе", "да", "ел", "гу", "ка", "ли", "ма",
                                 "но", "ра", "са", "те", "ул", "ва", "ыр", "жан"};
constexpr Syllables kGeorgian = {"არ", "ბე", "და", "ელ", "გუ", "კა", "ლი", "მა",
                                 "ნო", "რა", "სა", "ტე", "ულ", "ვა", "ირ", "ჟან"};

// Of 4,000 to a million words; `most` syllables of it.
std::string Word(std::mt19937_64& random, const Syllables& syllables, int most = 5) {
  std::string word;
  const int count = 3 + static_cast<int>(random() % 3);
  for (int i = 0; i < std::min(count, most); ++i) word += syllables[random() % syllables.size()];
  return word;
}

std::mt19937_64 NamesOf(uint32_t number) { return std::mt19937_64(number * 7919ull + 1); }

const Syllables& ScriptOf(uint32_t number) {
  switch (number % 4) {
    case 0:
      return kCyrillic;
    case 1:
      return kGeorgian;
    default:
      return kLatin;
  }
}

pb::Case Record(uint32_t number) {
  std::mt19937_64 random = NamesOf(number);
  pb::Case record;
  record.set_name(NameOf(number));
  record.set_uid(fmt::format("{:08x}-0000-4000-8000-{:012x}", number, number * 31ull));
  record.set_display_name(DisplayNameOf(number));
  pb::Name& name = *record.mutable_person()->add_names();
  name.set_text(record.display_name());
  name.set_kind(pb::NAME_KIND_MAIN);
  record.set_country("KZ");
  record.set_etag(fmt::format("{:016x}", random()));
  record.mutable_create_time()->set_seconds(kWritten);
  record.mutable_update_time()->set_seconds(kWritten);
  return record;
}

std::vector<pb::Fact> FactsOf(uint32_t number, const std::string& parent) {
  std::vector<pb::Fact> facts = registry::Generate(number).facts;
  for (uint64_t seed = number; facts.size() < 3; ++seed) {
    facts.push_back(registry::Unrelated(seed));
    facts.back().set_name(fmt::format("f{}", facts.size()));
  }
  if (facts.size() > kMaxFacts) facts.resize(kMaxFacts);
  for (pb::Fact& fact : facts) {
    fact.set_name(parent + "/facts/" + fact.name());
    fact.mutable_source()->set_title("made up");
    fact.mutable_create_time()->set_seconds(kWritten);
  }
  return facts;
}

[[noreturn]] void Fail(const absl::Status& status) {
  fmt::print(stderr, "{}\n", std::string(status.message()));
  std::exit(1);
}

}  // namespace

std::string NameOf(uint32_t number) {
  return fmt::format("cases/g-{:08x}", number * 2'654'435'761u);
}

std::string BeginningOf(uint32_t number) {
  std::mt19937_64 random = NamesOf(number);
  return Word(random, ScriptOf(number), 2);
}

std::string DisplayNameOf(uint32_t number) {
  std::mt19937_64 random = NamesOf(number);
  const std::string family = Word(random, ScriptOf(number));
  return fmt::format("{} {}", Word(random, ScriptOf(number)), family);
}

void AddCase(uint32_t number, const registry::RuleBook& rules, registry::Batch& batch) {
  const auto record = std::make_shared<const pb::Case>(Record(number));
  registry::CaseFile file = registry::NewCaseFile(record, nullptr);
  for (pb::Fact& fact : FactsOf(number, record->name())) {
    absl::StatusOr<registry::CheckedFact> checked = registry::CheckFact(fact);
    if (!checked.ok()) Fail(checked.status());
    file.own = registry::WithFact(
        *file.own, std::make_shared<const registry::CheckedFact>(*std::move(checked)));
    batch.facts.push_back({.open = std::move(fact), .sealed = {}});
  }
  const registry::DayReading reading = registry::ReadOn(file, rules, civil::MakeDay(2018, 4, 28));
  batch.cases.push_back(reading.rendered);
  batch.told_prints[record->name()] = registry::Printed(reading).print();
  const std::set<registry::SearchKey> keys = registry::SearchKeysOf(file);
  batch.search_keys.insert(batch.search_keys.end(), keys.begin(), keys.end());
}

}  // namespace vigil::bench
