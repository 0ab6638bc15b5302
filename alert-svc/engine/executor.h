#pragma once

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace vigil::alert {

// The one seam between the engine and the world's concurrency. Everything above it (follow, plan,
// apply, claim, send, complete, forward, sweep) runs as callbacks and coroutines of one executor,
// one at a time: no thread, lock or sleep is used there. Live it is Asio with one engine thread and
// I/O threads below (app/asio_executor.h); in the simulation it is a seeded queue.
class Executor {
 public:
  using TimerId = std::uint64_t;

  virtual ~Executor() = default;

  // Queues `fn`. From any thread; this is how I/O threads hand results to the engine. What one
  // thread posts runs in the order it was posted.
  virtual void Post(std::function<void()> fn) = 0;

  // Queues `fn` for after `wall`, a span of wall time. On the engine's thread only.
  virtual TimerId After(absl::Duration wall, std::function<void()> fn) = 0;

  // Forgets a timer; nothing happens where it has fired or was cancelled. On the engine's thread
  // only.
  virtual void Cancel(TimerId timer) = 0;

  // Both kinds of time. A moment of the calendar is waited for by
  // `After(clock().WallAt(moment) - clock().Wall(), …)`, never by a guess of the rate.
  virtual const Clock& clock() const = 0;
};

}  // namespace vigil::alert
