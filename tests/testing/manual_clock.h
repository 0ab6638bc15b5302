#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace vigil {

// A clock that stands still until it is told to go on. Calendar and wall time advance together, at
// `rate` calendar seconds a wall second. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(
      absl::Time start = absl::FromUnixSeconds(1'524'884'400),  // 2018-04-28 03:00Z
      double rate = 1)
      : rate_(rate), start_(start), now_(start), wall_(start) {}

  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  absl::Time Wall() const override {
    absl::MutexLock lock(&mutex_);
    return wall_;
  }
  absl::Duration Monotonic() const override {
    absl::MutexLock lock(&mutex_);
    return wall_ - start_ + absl::Hours(1);
  }
  absl::Time WallAt(absl::Time calendar) const override {
    absl::MutexLock lock(&mutex_);
    return wall_ + (calendar - now_) / rate_;
  }

  // Moves the calendar on by `step`, and the wall with it.
  void Advance(absl::Duration step) {
    absl::MutexLock lock(&mutex_);
    now_ += step;
    wall_ += step / rate_;
  }

  // Moves the calendar on to `time`; never back.
  void AdvanceTo(absl::Time time) {
    absl::MutexLock lock(&mutex_);
    if (time <= now_) return;
    wall_ += (time - now_) / rate_;
    now_ = time;
  }

  // Sets the wall alone, as somebody who changes the machine's clock does.
  void SetWall(absl::Time wall) {
    absl::MutexLock lock(&mutex_);
    wall_ = wall;
  }

 private:
  mutable absl::Mutex mutex_;
  const double rate_;
  const absl::Time start_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Time wall_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil
