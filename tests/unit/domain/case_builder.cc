#include "tests/unit/domain/case_builder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/yaml/yaml.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {
namespace {

std::string FullName(const std::string& parent, const std::string& id) {
  return parent + "/facts/" + id;
}

// "DEADLINE_STATE_PASSED" → "PASSED".
std::string_view Short(std::string_view name, std::string_view prefix) {
  return name.substr(prefix.size());
}

}  // namespace

const RuleBook& Rules() {
  static const RuleBook& rules = *[] {
    auto loaded =
        RuleBook::Load(VIGIL_SOURCE_DIR "/data/rules", VIGIL_SOURCE_DIR "/data/calendars");
    if (!loaded.ok()) ADD_FAILURE() << loaded.status();
    return new RuleBook(*std::move(loaded));
  }();
  return rules;
}

TestCase::TestCase(std::string_view record_yaml) {
  v1::Case& record = *document_.mutable_case_();
  const absl::Status status = ParseYaml(record_yaml, "case", &record);
  EXPECT_TRUE(status.ok()) << status;
  record.set_name("cases/c-test");
  record.set_display_name("Made Up");
}

TestCase::TestCase(const v1::Case& record) {
  *document_.mutable_case_() = record;
  document_.mutable_case_()->set_name("cases/c-test");
  document_.mutable_case_()->set_display_name("Made Up");
}

TestCase::TestCase(v1::CaseDocument document) : document_(std::move(document)) {
  for (v1::Fact& fact : *document_.mutable_facts()) {
    fact.set_name(FullName(name(), fact.name()));
    absl::StatusOr<CheckedFact> checked = CheckFact(fact);
    EXPECT_TRUE(checked.ok()) << fact.name() << ": " << checked.status();
    if (!checked.ok()) continue;
    own_.push_back(*std::move(checked));
    facts_.push_back(&own_.back());
  }
}

TestCase& TestCase::Fact(std::string_view yaml) {
  v1::Fact fact;
  const absl::Status status = ParseYaml(yaml, "fact", &fact);
  EXPECT_TRUE(status.ok()) << status << "\n" << yaml;
  return Add(std::move(fact));
}

TestCase& TestCase::Add(v1::Fact fact) {
  const std::string id = fact.name().empty() ? fmt::format("f{}", own_.size() + 1) : fact.name();
  fact.set_name(FullName(name(), id));
  fact.mutable_source()->set_title("test");
  absl::StatusOr<CheckedFact> checked = CheckFact(fact);
  EXPECT_TRUE(checked.ok()) << checked.status() << "\n" << fact.ShortDebugString();
  own_.push_back(*std::move(checked));
  facts_.push_back(&own_.back());
  return *this;
}

TestCase& TestCase::Borrow(const CheckedFact& fact) {
  facts_.push_back(&fact);
  return *this;
}

CaseView TestCase::View() const {
  CaseView view;
  if (document_.has_case_()) {
    view.record = &document_.case_();
  } else {
    view.dossier = &document_.dossier();
  }
  view.facts = facts_;
  return view;
}

Derivation TestCase::Derive(std::string_view as_of) const {
  return DeriveDeadlines(View(), Rules(), *civil::ParseDay(as_of));
}

SituationReading TestCase::Situation(std::string_view as_of) const {
  return SituationOf(View(), Rules(), *civil::ParseDay(as_of));
}

const std::string& TestCase::display_name() const {
  return is_case() ? document_.case_().display_name() : document_.dossier().display_name();
}

const std::string& TestCase::name() const {
  return is_case() ? document_.case_().name() : document_.dossier().name();
}

std::deque<TestCase>& ReportCases() {
  static std::deque<TestCase>& cases = *[] {
    auto* out = new std::deque<TestCase>();
    auto documents = LoadYamlDir<v1::CaseDocument>(VIGIL_SOURCE_DIR "/data/cases");
    EXPECT_TRUE(documents.ok()) << documents.status();
    if (!documents.ok()) return out;
    for (auto& [file, document] : *documents) out->emplace_back(std::move(document));
    for (const TestCase& owner : *out) {
      for (const CheckedFact& fact : owner.own()) {
        for (const std::string& concerned : fact.fact().concerns()) {
          for (TestCase& other : *out) {
            if (other.name() == concerned) other.Borrow(fact);
          }
        }
      }
    }
    return out;
  }();
  return cases;
}

const TestCase& ReportCase(std::string_view display_name) {
  for (const TestCase& one : ReportCases()) {
    if (one.display_name() == display_name) return one;
  }
  ADD_FAILURE() << "no case of " << display_name;
  static const TestCase& none = *new TestCase();
  return none;
}

std::vector<v1::Deadline> Of(const Derivation& derivation, v1::DeadlineKind kind) {
  std::vector<v1::Deadline> out;
  for (const v1::Deadline& deadline : derivation.deadlines) {
    if (deadline.kind() == kind) out.push_back(deadline);
  }
  return out;
}

std::vector<v1::Deadline> Of(const Derivation& derivation, std::string_view rule_id) {
  std::vector<v1::Deadline> out;
  for (const v1::Deadline& deadline : derivation.deadlines) {
    if (deadline.rule().substr(0, deadline.rule().find('@')) == rule_id) out.push_back(deadline);
  }
  return out;
}

std::string Explained(const v1::Deadline& deadline) {
  std::string out;
  for (const std::string& step : deadline.explanation()) out += step + "\n";
  return out;
}

std::vector<v1::Finding> FindingsOf(const Derivation& derivation, std::string_view kind) {
  std::vector<v1::Finding> out;
  for (const v1::Finding& finding : derivation.findings) {
    if (finding.kind() == kind) out.push_back(finding);
  }
  return out;
}

std::string Brief(const v1::Deadline& deadline) {
  std::string out = deadline.earliest();
  if (deadline.latest() != deadline.earliest()) out += " … " + deadline.latest();
  return fmt::format("{} {} {}", out,
                     Short(v1::DeadlinePrecision_Name(deadline.precision()), "DEADLINE_PRECISION_"),
                     Short(v1::DeadlineState_Name(deadline.state()), "DEADLINE_STATE_"));
}

void CheckRule(const RuleCase& c) {
  TestCase one;
  for (const char* fact : c.facts) one.Fact(fact);
  std::vector<std::string> briefs;
  std::string explained;
  for (const v1::Deadline& deadline : Of(one.Derive(c.as_of), c.rule)) {
    briefs.push_back(Brief(deadline));
    explained += Explained(deadline);
  }
  EXPECT_THAT(briefs,
              testing::ElementsAreArray(std::vector<std::string>(c.briefs.begin(), c.briefs.end())))
      << c.what << " (" << c.rule << ")\n"
      << explained;
}

}  // namespace vigil::registry
