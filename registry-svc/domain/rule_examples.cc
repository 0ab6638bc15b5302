#include "registry-svc/domain/rule_examples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace vigil::registry {
namespace {

constexpr char kCaseName[] = "cases/c-example";

// The case of an example, made whole: names, sources and, where it says none, Kazakhstan.
struct ExampleCase {
  v1::Case record;
  std::vector<CheckedFact> facts;

  static absl::StatusOr<ExampleCase> Make(const rules::v1::Example& example) {
    ExampleCase out;
    out.record = example.case_();
    out.record.set_name(kCaseName);
    out.record.set_display_name("Example");
    for (int i = 0; i < example.facts_size(); ++i) {
      v1::Fact fact = example.facts(i);
      const std::string id = fact.name().empty() ? fmt::format("f{}", i + 1) : fact.name();
      fact.set_name(fmt::format("{}/facts/{}", kCaseName, id));
      if (fact.source().title().empty()) fact.mutable_source()->set_title("example");
      absl::StatusOr<CheckedFact> checked = CheckFact(fact);
      if (!checked.ok()) {
        return absl::InvalidArgumentError(
            fmt::format("facts[{}]: {}", i, std::string(checked.status().message())));
      }
      out.facts.push_back(*std::move(checked));
    }
    return out;
  }
};

// The book, with the rules that the example switches on.
absl::StatusOr<RuleBook> BookFor(const RuleBook& book, const rules::v1::Example& example) {
  if (example.switched_on().empty()) return book;
  rules::v1::RuleArchive archive = book.archive();
  std::set<std::string> wanted(example.switched_on().begin(), example.switched_on().end());
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    for (rules::v1::Rule& rule : *pack.mutable_rules()) {
      if (wanted.erase(rule.id()) > 0) rule.set_enabled(true);
    }
  }
  if (!wanted.empty()) {
    return absl::InvalidArgumentError(fmt::format("switched_on: no rule {}", *wanted.begin()));
  }
  return RuleBook::Compile(std::move(archive));
}

bool IsOf(const v1::Deadline& deadline, const std::string& rule) {
  return std::string_view(deadline.rule()).substr(0, deadline.rule().find('@')) == rule;
}

std::string DateOf(const v1::Deadline& deadline) {
  return deadline.earliest() == deadline.latest()
             ? deadline.earliest()
             : fmt::format("{} … {}", deadline.earliest(), deadline.latest());
}

// An enum's value without the prefix of the enum.
std::string Short(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string Summary(const v1::Deadline& deadline) {
  std::string out =
      fmt::format("{} {} {}", DateOf(deadline),
                  Short(v1::DeadlinePrecision_Name(deadline.precision()), "DEADLINE_PRECISION_"),
                  Short(v1::DeadlineState_Name(deadline.state()), "DEADLINE_STATE_"));
  if (deadline.eligibility() != v1::ELIGIBILITY_UNSPECIFIED) {
    out += " " + Short(v1::Eligibility_Name(deadline.eligibility()), "ELIGIBILITY_");
  }
  if (!deadline.earliest_time().empty()) out += " " + deadline.earliest_time();
  return out;
}

bool Fits(const rules::v1::ExpectedDate& expected, const v1::Deadline& deadline) {
  return expected.date() == DateOf(deadline) &&
         (expected.precision() == v1::DEADLINE_PRECISION_UNSPECIFIED ||
          expected.precision() == deadline.precision()) &&
         (expected.state() == v1::DEADLINE_STATE_UNSPECIFIED ||
          expected.state() == deadline.state()) &&
         (expected.eligibility() == v1::ELIGIBILITY_UNSPECIFIED ||
          expected.eligibility() == deadline.eligibility()) &&
         (expected.time().empty() || expected.time() == deadline.earliest_time());
}

std::vector<const v1::Deadline*> DeadlinesOf(const Derivation& derived, const std::string& rule) {
  std::vector<const v1::Deadline*> out;
  for (const v1::Deadline& deadline : derived.deadlines) {
    if (IsOf(deadline, rule)) out.push_back(&deadline);
  }
  return out;
}

std::string Summaries(const std::vector<const v1::Deadline*>& deadlines) {
  std::vector<std::string> out;
  for (const v1::Deadline* deadline : deadlines) out.push_back(Summary(*deadline));
  return out.empty() ? "nothing" : fmt::format("{}", fmt::join(out, ", "));
}

void Compare(const rules::v1::Example& example, const Derivation& derived, const std::string& path,
             std::vector<ExampleProblem>& problems) {
  std::set<std::string> counted;
  std::map<std::string, size_t> next;
  for (int i = 0; i < example.expect_size(); ++i) {
    const rules::v1::ExpectedDate& expected = example.expect(i);
    const auto got = DeadlinesOf(derived, expected.rule());
    const size_t index = next[expected.rule()]++;
    const std::string at = fmt::format("{}.expect[{}]", path, i);
    if (index >= got.size() || !Fits(expected, *got[index])) {
      problems.push_back({at, fmt::format("{}: {} does not give {} there, but {}", example.title(),
                                          expected.rule(), expected.date(), Summaries(got))});
    }
    const bool is_last = std::none_of(
        example.expect().begin() + i + 1, example.expect().end(),
        [&](const rules::v1::ExpectedDate& other) { return other.rule() == expected.rule(); });
    if (is_last && index + 1 < got.size()) {
      problems.push_back({at, fmt::format("{}: {} gives more than is expected: {}", example.title(),
                                          expected.rule(), Summaries(got))});
    }
  }
  for (int i = 0; i < example.none_size(); ++i) {
    const auto got = DeadlinesOf(derived, example.none(i));
    if (got.empty()) continue;
    problems.push_back({fmt::format("{}.none[{}]", path, i),
                        fmt::format("{}: {} should give nothing, and gives {}", example.title(),
                                    example.none(i), Summaries(got))});
  }
}

}  // namespace

absl::StatusOr<Derivation> DeriveExample(const RuleBook& book, const rules::v1::Example& example) {
  const auto as_of = civil::ParseDay(example.as_of());
  if (!as_of) {
    return absl::InvalidArgumentError(fmt::format("as_of: '{}' is no YYYY-MM-DD", example.as_of()));
  }
  absl::StatusOr<ExampleCase> made = ExampleCase::Make(example);
  if (!made.ok()) return made.status();
  absl::StatusOr<RuleBook> used = BookFor(book, example);
  if (!used.ok()) return used.status();
  std::vector<const CheckedFact*> facts;
  for (const CheckedFact& fact : made->facts) facts.push_back(&fact);
  CaseView view;
  view.record = &made->record;
  view.facts = facts;
  return DeriveDeadlines(view, *used, *as_of);
}

std::vector<ExampleProblem> RunExamples(const RuleBook& book, const rules::v1::RulePack& pack) {
  std::vector<ExampleProblem> problems;
  for (int i = 0; i < pack.examples_size(); ++i) {
    const rules::v1::Example& example = pack.examples(i);
    const std::string path = fmt::format("examples[{}]", i);
    const absl::StatusOr<Derivation> derived = DeriveExample(book, example);
    if (!derived.ok()) {
      problems.push_back(
          {path, fmt::format("{}: {}", example.title(), std::string(derived.status().message()))});
      continue;
    }
    Compare(example, *derived, path, problems);
  }
  return problems;
}

std::vector<ExampleProblem> RulesWithoutExample(const rules::v1::RulePack& pack) {
  std::set<std::string> shown;
  for (const rules::v1::Example& example : pack.examples()) {
    for (const rules::v1::ExpectedDate& expected : example.expect()) shown.insert(expected.rule());
  }
  std::vector<ExampleProblem> problems;
  for (int i = 0; i < pack.rules_size(); ++i) {
    // Versions of one rule share their examples.
    const std::string& id = pack.rules(i).id();
    if (!shown.insert(id).second) continue;
    problems.push_back({fmt::format("rules[{}]", i),
                        fmt::format("rule {}: no example of this pack shows a date that it gives; "
                                    "add one to examples",
                                    id)});
  }
  return problems;
}

}  // namespace vigil::registry
