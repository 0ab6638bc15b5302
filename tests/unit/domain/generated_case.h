// Cases made from a seed: plausible lives of a prosecuted person, with every date known.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "common/civil/day.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// A case and its facts, all with dates of one day, in order, at least kGap days apart.
struct GeneratedCase {
  v1::Case record;
  std::vector<v1::Fact> facts;
};

inline constexpr int kGap = 40;

// The same seed, the same case.
GeneratedCase Generate(uint64_t seed);

// A fact that nothing is counted from, on a random day.
v1::Fact Unrelated(uint64_t seed);

// The facts with some dates made imprecise: a span of up to 30 days that holds the day.
std::vector<v1::Fact> Blurred(const GeneratedCase& exact, uint64_t seed);

// The facts with each imprecise date set to one of its days.
std::vector<v1::Fact> Completed(const std::vector<v1::Fact>& blurred, uint64_t seed);

// The facts without some of what is often missing: when custody began, whether there was an appeal,
// the regime, the day the copy was served.
std::vector<v1::Fact> WithGaps(const GeneratedCase& exact, uint64_t seed);

// `gaps` with what it lacks of `exact` filled in otherwise than there: other days, another regime,
// and no appeal in place of one.
std::vector<v1::Fact> Refilled(const GeneratedCase& exact, const std::vector<v1::Fact>& gaps,
                               uint64_t seed);

}  // namespace vigil::registry
