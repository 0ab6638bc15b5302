// Made-up cases, and the report's, for tests of the domain.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/situation.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// The rules and calendars of the tree; loaded once.
const RuleBook& Rules();

// A case under construction. Facts are YAML bodies of vigil.registry.v1.Fact without name and
// source.
class TestCase {
 public:
  explicit TestCase(std::string_view record_yaml = "");
  explicit TestCase(const v1::Case& record);
  // From a document of data/cases.
  explicit TestCase(v1::CaseDocument document);
  TestCase(const TestCase&) = delete;
  TestCase& operator=(const TestCase&) = delete;

  // Adds a fact `f1`, `f2`, …; fails the test where it is refused.
  TestCase& Fact(std::string_view yaml);
  // Adds a fact as it is, named `f1`, `f2`, … where it has no name.
  TestCase& Add(v1::Fact fact);
  // Adds a fact of another case that concerns this one.
  TestCase& Borrow(const CheckedFact& fact);

  CaseView View() const;
  Derivation Derive(std::string_view as_of = "2018-04-28") const;
  SituationReading Situation(std::string_view as_of = "2018-04-28") const;

  const std::string& display_name() const;
  bool is_case() const { return document_.has_case_(); }
  const std::string& name() const;
  const std::deque<CheckedFact>& own() const { return own_; }

 private:
  v1::CaseDocument document_;
  std::deque<CheckedFact> own_;
  std::vector<const CheckedFact*> facts_;
};

// The cases and dossiers of data/cases, with facts shared where they concern several.
std::deque<TestCase>& ReportCases();
const TestCase& ReportCase(std::string_view display_name);

// Deadlines of a kind.
std::vector<v1::Deadline> Of(const Derivation& derivation, v1::DeadlineKind kind);
// Deadlines of a rule, by id.
std::vector<v1::Deadline> Of(const Derivation& derivation, std::string_view rule_id);
// The explanation as one text.
std::string Explained(const v1::Deadline& deadline);
// Findings of a kind.
std::vector<v1::Finding> FindingsOf(const Derivation& derivation, std::string_view kind);
// "2018-01-01 … 2018-01-30 WINDOW PASSED": the parts of interest in one text.
std::string Brief(const v1::Deadline& deadline);

// A row of a table: these facts, and every deadline that one rule gives for them.
struct RuleCase {
  const char* what;
  std::vector<const char*> facts;
  const char* rule;
  std::vector<const char*> briefs;  // every deadline of the rule, in order
  const char* as_of = "2018-04-28";
};
// Fails the test, with the explanations, where the rule gives others.
void CheckRule(const RuleCase& c);

}  // namespace vigil::registry
