#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>

#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"
#include "common/clock/clock.h"

namespace vigil::alert::sim {

// The time and the chance of a simulation: one queue of events, one generator. The same seed makes
// the same run.
class Queue {
 public:
  Queue(std::uint64_t seed, absl::Time start, double rate);

  // Queues `fn` for a moment of wall time; events of one moment run in the order they were queued.
  std::uint64_t At(absl::Time wall, std::function<void()> fn);
  void Cancel(std::uint64_t id);
  // Runs until wall time `until`, or until nothing is left.
  void RunUntil(absl::Time until);

  absl::Time wall() const { return wall_; }
  absl::Time CalendarAt(absl::Time wall) const { return start_ + (wall - start_) * rate_; }
  absl::Time WallAt(absl::Time calendar) const { return start_ + (calendar - start_) / rate_; }
  absl::Time now() const { return CalendarAt(wall_); }
  double rate() const { return rate_; }
  std::uint64_t events() const { return events_; }

  // Chance.
  bool Happens(double probability) { return unit_(random_) < probability; }
  int Between(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  absl::Duration Between(absl::Duration low, absl::Duration high) {
    return low + (high - low) * unit_(random_);
  }

 private:
  const absl::Time start_;
  const double rate_;
  absl::Time wall_;
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::map<std::pair<absl::Time, std::uint64_t>, std::function<void()>> queue_;
  std::map<std::uint64_t, absl::Time> when_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> unit_{0, 1};
};

// The clock of a simulation.
class SimClock final : public Clock {
 public:
  explicit SimClock(const Queue& queue) : queue_(queue) {}
  absl::Time Now() const override { return queue_.now() + ahead_; }
  absl::Time Wall() const override { return queue_.wall(); }
  absl::Duration Monotonic() const override { return queue_.wall() - absl::UnixEpoch(); }
  absl::Time WallAt(absl::Time calendar) const override { return queue_.WallAt(calendar - ahead_); }
  // Makes calendar time run ahead: a bug.
  void set_ahead(absl::Duration ahead) { ahead_ = ahead; }

 private:
  const Queue& queue_;
  absl::Duration ahead_;
};

// One replica's executor: its events run in the queue until it is dead, and wait while it is
// frozen.
class SimExecutor final : public Executor {
 public:
  SimExecutor(Queue& queue, const Clock& clock) : queue_(queue), clock_(clock) {}
  ~SimExecutor() override { *alive_ = false; }

  void Post(std::function<void()> fn) override { After(absl::ZeroDuration(), std::move(fn)); }
  TimerId After(absl::Duration wall, std::function<void()> fn) override;
  void Cancel(TimerId timer) override { queue_.Cancel(timer); }
  const Clock& clock() const override { return clock_; }

  // Nothing runs before this moment (wall).
  void FreezeUntil(absl::Time wall) { *frozen_until_ = wall; }

 private:
  Queue& queue_;
  const Clock& clock_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<absl::Time> frozen_until_ = std::make_shared<absl::Time>(absl::InfinitePast());
};

}  // namespace vigil::alert::sim
