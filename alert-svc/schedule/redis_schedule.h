#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/schedule.h"
#include "alert-svc/schedule/connection.h"
#include "alert-svc/schedule/redis_pool.h"

namespace vigil::alert {

// What is told of each call that Redis answered: which, and how long it took, the wait for its turn
// included. On the engine's thread.
using RoundTrips = std::function<void(std::string_view call, absl::Duration took)>;

struct RedisScheduleOptions {
  RedisOptions redis;
  int threads = 8;  // I/O threads for calls of shards; one more reads heads, behind nothing else
  // Called on an I/O thread with what the server's configuration promises: after each connect, and
  // so often while it is in use.
  std::function<void(const RedisDurability&)> on_connect = [](const RedisDurability&) {};
  absl::Duration settings_every = absl::Minutes(1);
  RoundTrips on_round_trip = [](std::string_view, absl::Duration) {};
};

// The Schedule on Redis 7 functions (vigil.lua). Does not wait for Redis: calls answer kUnavailable
// while it is away. `executor` outlives the schedule. The destructor answers what still runs with
// kUnavailable.
//
// Leases end by Redis' clock, and only while this replica has heard from Redis without a gap of
// more than two seconds for at least one lease: senders that Redis kept from renewing lose nothing.
std::unique_ptr<Schedule> MakeRedisSchedule(RedisScheduleOptions options, Executor& executor);

}  // namespace vigil::alert
