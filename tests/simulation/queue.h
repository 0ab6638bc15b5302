#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"
#include "common/clock/clock.h"

namespace vigil::alert::sim {

// The time and the chance of a simulation: one queue of events, one generator. The same seed makes
// the same run. Wall time goes in whole nanoseconds.
class Queue {
 public:
  // `rate`: so much faster does the calendar go than the wall.
  Queue(std::uint64_t seed, absl::Time start, int rate);

  using Event = absl::AnyInvocable<void()>;

  // Who an event belongs to, as long as it matters to somebody.
  struct Life {
    bool alive = true;                               // else its events do not run
    absl::Time frozen_until = absl::InfinitePast();  // they wait until then
    std::vector<Event> waiting;                      // in the order of their turns
  };

  // Queues `fn` for a moment of wall time; events of one moment run in the order they were queued.
  std::uint64_t At(absl::Time wall, Event fn, std::shared_ptr<Life> life = nullptr);
  void Cancel(std::uint64_t id);
  // Lets what waits for the end of a freeze have its turn now.
  void Thaw(const std::shared_ptr<Life>& life);
  // Runs until wall time `until`, or until nothing is left.
  void RunUntil(absl::Time until);

  absl::Time wall() const { return wall_; }
  absl::Time CalendarAt(absl::Time wall) const {
    return start_ + absl::Nanoseconds((absl::ToUnixNanos(wall) - start_nanos_) * rate_);
  }
  absl::Time WallAt(absl::Time calendar) const { return start_ + (calendar - start_) / rate_; }
  absl::Time now() const { return CalendarAt(wall_); }
  std::int64_t rate() const { return rate_; }

  // Chance.
  bool Happens(double probability) { return probability > 0 && Unit() < probability; }
  int Between(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  absl::Duration Between(absl::Duration low, absl::Duration high) {
    const auto span = static_cast<double>(absl::ToInt64Nanoseconds(high - low));
    return low + absl::Nanoseconds(static_cast<std::int64_t>(span * Unit()));
  }

 private:
  // Whose turn it is first.
  struct Turn {
    std::int64_t when;  // nanoseconds since 1970
    std::uint64_t id;
    bool operator>(const Turn& other) const {
      return when != other.when ? when > other.when : id > other.id;
    }
  };
  // Where an event waits; used again once it has run. An id is a growing number and the place.
  struct Place {
    std::uint64_t id = 0;
    Event fn;
    std::shared_ptr<Life> life;  // null: nobody's
  };
  static constexpr int kPlaceBits = 20;
  // From 0 on, below 1.
  double Unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  Place& PlaceOf(std::uint64_t id) { return places_[id & ((1u << kPlaceBits) - 1)]; }

  const absl::Time start_;
  const std::int64_t start_nanos_;
  const std::int64_t rate_;
  absl::Time wall_;
  std::uint64_t last_ = 0;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
  std::vector<Place> places_;
  std::vector<std::uint64_t> free_;
  std::mt19937_64 random_;
};

// The clock of a replica. Its wall time can be set, and calendar time with it; monotonic time
// cannot.
class SimClock final : public Clock {
 public:
  explicit SimClock(const Queue& queue) : queue_(queue) {}
  absl::Time Now() const override { return queue_.CalendarAt(Wall()) + ahead_; }
  absl::Time Wall() const override { return queue_.wall() + skew_; }
  absl::Duration Monotonic() const override { return queue_.wall() - absl::UnixEpoch(); }
  absl::Time WallAt(absl::Time calendar) const override { return queue_.WallAt(calendar - ahead_); }
  // As somebody does who sets the machine's clock.
  void set_skew(absl::Duration skew) { skew_ = skew; }
  // Makes calendar time run ahead: a bug.
  void set_ahead(absl::Duration ahead) { ahead_ = ahead; }

 private:
  const Queue& queue_;
  absl::Duration skew_;
  absl::Duration ahead_;
};

// What a coroutine of the engine waits for: the end of a nap, or the answer of a peer.
enum class Wait {
  kNap,
  kHeads,
  kApply,
  kClaim,
  kRelease,
  kRenew,
  kSeal,
  kComplete,
  kForward,
  kForget,
  kTrim,
  kList,
  kRebuildBegin,
  kRebuildWrite,
  kRebuildOpen,
  kWatch,
  kRegistry,
  kSend,
};

// One replica's executor: its events run in the queue until it is dead, and wait while it is
// frozen.
class SimExecutor final : public Executor {
 public:
  SimExecutor(Queue& queue, const Clock& clock) : queue_(queue), clock_(clock) {}
  ~SimExecutor() override { Die(); }

  // Told of each wait before it begins, and of which shard it is about, if any.
  std::function<void(Wait, int shard)> on_wait;
  void Begins(Wait wait, int shard = -1) const {
    if (life_->alive && on_wait) on_wait(wait, shard);
  }

  void Post(std::function<void()> fn) override { Later(absl::ZeroDuration(), std::move(fn)); }
  TimerId After(absl::Duration wall, std::function<void()> fn) override {
    Begins(Wait::kNap);
    return Later(wall, std::move(fn));
  }
  // The same, for the simulation's own events.
  TimerId Later(absl::Duration wall, Queue::Event fn) {
    return queue_.At(queue_.wall() + wall, std::move(fn), life_);
  }
  void Cancel(TimerId timer) override { queue_.Cancel(timer); }
  const Clock& clock() const override { return clock_; }

  // Nothing runs before this moment (wall).
  void FreezeUntil(absl::Time wall) {
    life_->frozen_until = wall;
    queue_.At(wall, [&queue = queue_, life = life_] {
      if (life->frozen_until <= queue.wall()) queue.Thaw(life);
    });
  }
  // Nothing runs any more, and nothing that is begun yet comes to anything.
  void Die() { life_->alive = false; }
  bool alive() const { return life_->alive; }

 private:
  Queue& queue_;
  const Clock& clock_;
  std::shared_ptr<Queue::Life> life_ = std::make_shared<Queue::Life>();
};

}  // namespace vigil::alert::sim
