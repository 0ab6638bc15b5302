#pragma once

#include <optional>

#include "absl/time/time.h"

namespace vigil::alert {

// Notices that the machine's time of day was set: it and the monotonic clock (see Clock) go on
// alike otherwise, also where the process stood still or the machine slept.
class JumpWatch {
 public:
  // `most`: what is no jump yet.
  explicit JumpWatch(absl::Duration most = absl::Minutes(10)) : most_(most) {}

  // By how much the time of day went another way than the monotonic clock since the last call,
  // where that is more than `most`.
  std::optional<absl::Duration> Look(absl::Time wall, absl::Duration monotonic) {
    const absl::Duration offset = wall - absl::UnixEpoch() - monotonic;
    const absl::Duration jump = offset - offset_.value_or(offset);
    offset_ = offset;
    if (absl::AbsDuration(jump) <= most_) return std::nullopt;
    return jump;
  }

 private:
  absl::Duration most_;
  std::optional<absl::Duration> offset_;
};

}  // namespace vigil::alert
