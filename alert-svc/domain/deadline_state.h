#pragma once

#include "absl/time/time.h"
#include "vigil/registry/v1/deadline.pb.h"

// The journal tells which state facts and marks gave a deadline; which of the others it has follows
// from the day, and no change of it is told.
namespace vigil::alert {

// The state at a moment, by the day it is in the deadline's zone.
registry::v1::DeadlineState StateAt(const registry::v1::Deadline& deadline, absl::Time now);

// When that will be another one next, all else being equal; InfiniteFuture: never.
absl::Time NextStateAfter(const registry::v1::Deadline& deadline, absl::Time now);

}  // namespace vigil::alert
