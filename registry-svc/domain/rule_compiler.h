// Reads the texts of packs into rules as the engine runs them, and says all that is wrong. Internal
// to the domain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry-svc/domain/compiled_rules.h"

namespace vigil::registry {

// Something wrong with a pack.
struct PackProblem {
  // Where it stands in its file, `rules[3].amount.term`; empty: the whole file.
  std::string path;
  // `pack p: rule X: amount.term: …`.
  std::string text;
};

// Adds the rules, articles and procedures of a pack to the book; what is wrong is added to
// `problems` and left out of the book. Rules that are switched off are read but not added.
void CompilePack(const rules::v1::RulePack& pack, CompiledBook& book,
                 std::vector<PackProblem>& problems);

// What is wrong between rules that are each in order: a version given twice, or two versions of a
// rule that are law on the same day. The path of a problem is empty.
void CheckVersions(const CompiledBook& book, std::vector<PackProblem>& problems);

}  // namespace vigil::registry
