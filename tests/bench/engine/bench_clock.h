#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "absl/time/clock.h"
#include "common/clock/clock.h"

namespace vigil::alert {

// Calendar time that runs with the machine's, from wherever it was put. Thread-safe.
class BenchClock final : public Clock {
 public:
  explicit BenchClock(absl::Time calendar) { Put(calendar); }

  // It is now this moment of the calendar.
  void Put(absl::Time calendar) { ahead_ = absl::ToInt64Nanoseconds(calendar - absl::Now()); }

  absl::Time Now() const override { return absl::Now() + Ahead(); }
  absl::Time Wall() const override { return absl::Now(); }
  absl::Duration Monotonic() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
  absl::Time WallAt(absl::Time calendar) const override { return calendar - Ahead(); }

 private:
  absl::Duration Ahead() const { return absl::Nanoseconds(ahead_.load()); }

  std::atomic<std::int64_t> ahead_;
};

}  // namespace vigil::alert
