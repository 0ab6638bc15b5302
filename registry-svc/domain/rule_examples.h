// The examples of rule packs: small cases with the dates that rules must give for them.
#pragma once

#include <string>
#include <vector>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {

// An expectation that does not hold, an example that cannot be read, or one that is missing.
struct ExampleProblem {
  // Where it stands in the file of the pack, `examples[2].expect[0]`.
  std::string path;
  // What was expected and what came out, in one line.
  std::string text;
};

// Runs the examples of a pack of the book. Rules that an example switches on work in it alone.
std::vector<ExampleProblem> RunExamples(const RuleBook& book, const rules::v1::RulePack& pack);

// What an example gives: every deadline that its rules derive, with the reasoning.
// INVALID_ARGUMENT where a fact or the day cannot be read, or a rule to switch on does not exist.
absl::StatusOr<Derivation> DeriveExample(const RuleBook& book, const rules::v1::Example& example);

// A problem for each rule, switched off or not, for which no example of its own pack expects a
// date.
std::vector<ExampleProblem> RulesWithoutExample(const rules::v1::RulePack& pack);

}  // namespace vigil::registry
