#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/schedule.h"

namespace vigil::alert {

// The machine's wall clock, which Redis checks against its own, and a monotonic one that the test
// turns.
class HalfManualClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + skew; }
  absl::Time Wall() const override { return absl::Now() + skew; }
  absl::Duration Monotonic() const override { return absl::Milliseconds(monotonic_ms_.load()); }
  absl::Time WallAt(absl::Time calendar) const override { return calendar; }

  // The monotonic clock alone.
  void Turn(absl::Duration step) { monotonic_ms_ += absl::ToInt64Milliseconds(step); }

  absl::Duration skew;

 private:
  std::atomic<int64_t> monotonic_ms_ = 3'600'000;
};

// Runs what was posted on the thread that waits.
class WaitingExecutor final : public Executor {
 public:
  void Post(std::function<void()> fn) override {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(fn));
    posted_.notify_one();
  }
  TimerId After(absl::Duration, std::function<void()>) override { return 0; }
  void Cancel(TimerId) override {}
  const Clock& clock() const override { return time; }

  // Starts a call and runs the executor until it has answered; nullopt after ten seconds.
  template <class Result>
  std::optional<Result> Await(const std::function<void(std::function<void(Result)>)>& start) {
    std::optional<Result> result;
    start([&result](Result value) { result = std::move(value); });
    RunUntil([&result] { return result.has_value(); });
    return result;
  }

  void RunUntil(const std::function<bool()>& finished) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!finished()) {
      std::unique_lock lock(mutex_);
      if (!posted_.wait_until(lock, deadline, [this] { return !queue_.empty(); })) return;
      std::function<void()> fn = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      fn();
    }
  }

  // How much waits to be run.
  std::size_t posted() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

  HalfManualClock time;

 private:
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
};

}  // namespace vigil::alert
