// What could be known of a generated case instead: less, less precisely, or more than matters.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/unit/domain/generated_case.h"

namespace vigil::registry {

using Facts = std::vector<v1::Fact>;

// A fact that nothing is counted from, of each such kind in turn, dated as sources date: by a day,
// a month, a year, a span, by an open end, or not at all.
v1::Fact Unrelated(uint64_t seed);

// The facts with some of their dates made imprecise: a span of days or of months, a month or a year
// that holds the day. What happened on one day with another stays there.
Facts Blurred(const GeneratedCase& exact, uint64_t seed);

// The facts with each imprecise date set to one of its days, the first and the last ones more often
// than others; nothing comes before what it is about.
Facts Completed(const GeneratedCase& exact, const Facts& blurred, uint64_t seed);

// The facts without some of what is often missing: when custody began, whether there was an appeal
// that left the verdict as it was, the regime, the days the copies were served.
Facts WithGaps(const GeneratedCase& exact, uint64_t seed);

// `gaps` with what it lacks of `exact` filled in otherwise than there: other days, another regime,
// and no appeal in place of one.
Facts Refilled(const GeneratedCase& exact, const Facts& gaps, uint64_t seed);

// The facts with some of their dates open at one end, or away.
Facts Opened(const GeneratedCase& exact, uint64_t seed);

// `opened` with other days, near those of `exact`, where it has none.
Facts Closed(const GeneratedCase& exact, const Facts& opened, uint64_t seed);

}  // namespace vigil::registry
