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

}  // namespace vigil::registry
