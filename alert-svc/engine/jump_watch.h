#pragma once

#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace vigil::alert {

// Notices that the machine's time of day was set: it and the monotonic clock (see Clock) go on
// alike otherwise, also where the process stood still or the machine slept.
class JumpWatch {
 public:
  // By how much the time of day went another way than the monotonic clock since the last call.
  absl::Duration Look(absl::Time wall, absl::Duration monotonic) {
    const absl::Duration offset = wall - absl::UnixEpoch() - monotonic;
    return offset - std::exchange(offset_, offset).value_or(offset);
  }

 private:
  std::optional<absl::Duration> offset_;
};

}  // namespace vigil::alert
