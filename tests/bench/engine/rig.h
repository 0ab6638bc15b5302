#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "alert-svc/app/asio_executor.h"
#include "alert-svc/engine/engine.h"
#include "tests/bench/engine/bench_clock.h"
#include "tests/bench/engine/bench_world.h"
#include "tests/bench/engine/memory_feed.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {

// Does with a message what a row wants done. On the engine's thread.
using SendHandler = std::function<void(const Message&, std::function<void(Outcome)>)>;

// One replica of the engine, all of its code but for what delivers.
class Replica {
 public:
  Replica(AsioExecutor& executor, RegistryFeed& feed, const std::string& redis, SendHandler send,
          std::function<void(absl::Duration)> on_fired);
  // As a crash: it stops where it stands. From the main thread.
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  EngineStatus Status() const;

 private:
  class Observer;
  class HandlerSender;

  AsioExecutor& executor_;
  const civil::WorkingDays days_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<HandlerSender> sender_;
  std::unique_ptr<Engine> engine_;
};

// A world, a Redis (AOF `always`) and an engine's thread, for the replicas of one row. For the main
// thread.
class Rig {
 public:
  explicit Rig(BenchWorld world);

  std::unique_ptr<Replica> StartReplica(
      SendHandler send, std::function<void(absl::Duration)> on_fired = [](absl::Duration) {});

  // Waits until a replica's shards are live and all reminders are in Redis.
  void AwaitLoaded(const Replica& replica);
  // So many reminders are due or to come, by Redis' own count.
  std::int64_t PendingInRedis() const;
  // Messages accepted and journaled, and when the last of them was (monotonic).
  std::int64_t sent();
  absl::Duration last_sent();
  // Puts the calendar a little before the moment at which all is due; returns that moment
  // (monotonic).
  absl::Duration BringToDue();

  const BenchWorld world;
  BenchClock clock;
  RedisServer redis;
  AsioExecutor executor;

 private:
  MemoryFeed feed_;
};

// Waits for a condition, at most ten minutes; ends the program where it does not come.
void Await(const std::string& what, const std::function<bool()>& condition);

}  // namespace vigil::alert
