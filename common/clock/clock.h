#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil {

// Calendar time and wall time, kept apart. Calendar time is the day in the world: deadlines,
// reminders and snoozes live in it, and `--clock` can start it anywhere and run it at any rate.
// Wall time is the machine's: leases, RPC deadlines and probes live in it. The two agree on a live
// clock. Thread-safe; a clock outlives whatever it is handed to.
class Clock {
 public:
  virtual ~Clock() = default;

  // Calendar time, to the microsecond or better.
  virtual absl::Time Now() const = 0;

  // The machine's time of day. May jump where the machine's clock is set.
  virtual absl::Time Wall() const = 0;

  // Time since an arbitrary origin; never goes back. Runs at the machine's rate, also while the
  // machine sleeps.
  virtual absl::Duration Monotonic() const = 0;

  // The wall time at which calendar time reaches `calendar`; in the past where it already has.
  virtual absl::Time WallAt(absl::Time calendar) const = 0;
};

// The clock that `clock_file` (see clock_file.h) describes; an empty path is the live clock. A file
// that is missing or malformed is refused with FAILED_PRECONDITION or INVALID_ARGUMENT.
absl::StatusOr<std::unique_ptr<Clock>> OpenClock(const std::string& clock_file);

}  // namespace vigil
