#pragma once

#include <chrono>

#include "common/civil/day.h"
#include "vigil/registry/v1/deadline.pb.h"

// What the day alone says of a deadline that no fact and no mark has ended. Pure.
namespace vigil {

// Whether the state follows from the day alone: such a state is computed when read and no change of
// it is journaled.
bool IsStateOfTheDay(registry::v1::DeadlineState state);

// The state on a day, of which `has_come(civil::Day)` tells whether another is that day or before
// it. A right that opened stays open.
template <class HasCome>
registry::v1::DeadlineState StateOfTheDay(civil::Day earliest, civil::Day latest,
                                          registry::v1::DeadlineNature nature,
                                          const HasCome& has_come) {
  if (!has_come(earliest)) return registry::v1::DEADLINE_STATE_UPCOMING;
  const bool passes = nature != registry::v1::DEADLINE_NATURE_OPENS;
  return passes && has_come(latest + std::chrono::days(1)) ? registry::v1::DEADLINE_STATE_PASSED
                                                           : registry::v1::DEADLINE_STATE_DUE;
}

}  // namespace vigil
