// When the days of a case turn.
#pragma once

#include "absl/time/time.h"
#include "common/civil/day.h"

namespace vigil::registry {

// When the day begins in the zone: where midnight falls into a gap, when the gap ends. Never for
// Day::max().
absl::Time DayBegins(civil::Day day, absl::TimeZone zone);

}  // namespace vigil::registry
