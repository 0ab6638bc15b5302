#include "tests/bench/engine/rig.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "tests/bench/schedule_settings.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(5);
constexpr absl::Duration kLongest = absl::Minutes(10);
constexpr absl::Duration kBeforeDue = absl::Milliseconds(500);
// As many as BullMQ's worker takes at one time in the same rows.
constexpr int kSendsAtOnce = 100;

RedisScheduleOptions ScheduleOptions(const std::string& redis) {
  RedisScheduleOptions options;
  options.redis.address = redis;
  return options;
}

EngineOptions OptionsFor(const Replica& replica) {
  EngineOptions options;
  options.send_concurrency = kSendsAtOnce;
  options.draw_epoch = [&replica, drawn = 0]() mutable {
    return fmt::format("{}-{}", fmt::ptr(&replica), ++drawn);
  };
  return options;
}

}  // namespace

class Replica::Observer final : public EngineObserver {
 public:
  explicit Observer(std::function<void(absl::Duration)> on_fired)
      : on_fired_(std::move(on_fired)) {}
  void Fired(absl::Duration late) override { on_fired_(late); }

 private:
  const std::function<void(absl::Duration)> on_fired_;
};

class Replica::HandlerSender final : public Sender {
 public:
  explicit HandlerSender(SendHandler handler) : handler_(std::move(handler)) {}
  void Send(Message message, std::function<void(Outcome)> done) override {
    handler_(message, std::move(done));
  }
  void Cut(const std::string&) override {}

 private:
  const SendHandler handler_;
};

Replica::Replica(AsioExecutor& executor, RegistryFeed& feed, const std::string& redis,
                 SendHandler send, std::function<void(absl::Duration)> on_fired)
    : executor_(executor),
      schedule_(MakeRedisSchedule(ScheduleOptions(redis), executor)),
      observer_(std::make_unique<Observer>(std::move(on_fired))),
      sender_(std::make_unique<HandlerSender>(std::move(send))) {
  executor_.RunAndWait([&] {
    engine_ = std::make_unique<Engine>(executor_, *schedule_, feed, *sender_, *observer_, days_,
                                       OptionsFor(*this));
    engine_->Start();
  });
}

Replica::~Replica() {
  executor_.RunAndWait([this] { engine_.reset(); });
}

EngineStatus Replica::Status() const {
  EngineStatus status;
  executor_.RunAndWait([&] { status = engine_->Status(); });
  return status;
}

Rig::Rig(BenchWorld world)
    : world(world),
      clock(BenchDue() - absl::Hours(1)),
      redis(ScheduleSettings()),
      executor(clock),
      feed_(executor, world.parts(), [world](int part) { return world.Part(part); }) {}

std::unique_ptr<Replica> Rig::StartReplica(SendHandler send,
                                           std::function<void(absl::Duration)> on_fired) {
  return std::make_unique<Replica>(executor, feed_, redis.Address(), std::move(send),
                                   std::move(on_fired));
}

void Rig::AwaitLoaded(const Replica& replica) {
  Await("all is planned and in Redis", [&] {
    const EngineStatus status = replica.Status();
    return status.live_shards == kShardCount && status.pending == world.reminders();
  });
}

std::int64_t Rig::PendingInRedis() const {
  std::int64_t pending = 0;
  for (int shard = 0; shard < kShardCount; ++shard) {
    pending += std::atoll(redis.Run({"ZCARD", fmt::format("{{s{}}}:due", shard)}).c_str());
  }
  return pending;
}

std::int64_t Rig::sent() {
  std::int64_t sent = 0;
  executor.RunAndWait([&] { sent = feed_.sent(); });
  return sent;
}

absl::Duration Rig::last_sent() {
  absl::Duration last;
  executor.RunAndWait([&] { last = feed_.last_sent(); });
  return last;
}

absl::Duration Rig::BringToDue() {
  clock.Put(BenchDue() - kBeforeDue);
  return clock.Monotonic() + kBeforeDue;
}

void Await(const std::string& what, const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + kLongest;
  while (!condition()) {
    if (absl::Now() > end) {
      std::fprintf(stderr, "waited in vain: %s\n", what.c_str());
      std::abort();
    }
    absl::SleepFor(kLook);
  }
}

}  // namespace vigil::alert
