// What follows from a case, beside what follows from the same case when something else is known.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/unit/domain/altered_case.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {

// After every fact of a generated case, so that each of them counts on either side of a comparison.
inline constexpr char kAfterAll[] = "2030-06-01";

Derivation DeriveFacts(const v1::Case& record, const Facts& facts,
                       std::string_view as_of = kAfterAll);

// A generated case; of some, a deadline is marked as met or waived.
GeneratedCase Marked(uint64_t seed);

// The case, to be read in a failure.
std::string Describe(const v1::Case& record, const Facts& facts);

// But for the review of the case: a new fact is what it waits for. Borrows `derived`.
std::map<std::string, const v1::Deadline*> ByName(const Derivation& derived);

std::string Told(const v1::Deadline& deadline);

// Those that are in `had` and not in `has`, told, but for what may come and go: the last of what
// recurs, and a right that is an alternative reading goes with that reading.
std::vector<std::string> Vanished(const std::map<std::string, const v1::Deadline*>& had,
                                  const std::map<std::string, const v1::Deadline*>& has);

// `known` completes what was missing for `bounded`: fails the test where it is out of bounds.
void ExpectBound(const v1::Deadline& bounded, const v1::Deadline& known);

// `known` is one of the cases that `window` says it holds.
void ExpectWithin(const v1::Deadline& window, const v1::Deadline& known);

}  // namespace vigil::registry
