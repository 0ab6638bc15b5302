#include "alert-svc/engine/breaker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "alert-svc/domain/local_time.h"
#include "common/log/log.h"
#include "common/rpc/errors.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {
namespace {

constexpr std::int64_t kBusyDay = 10;  // times the forecast
// Tomorrow's forecast is looked at so often, and so soon again where it could not be journaled
// (calendar); but, however fast the calendar runs, only after this (wall).
constexpr absl::Duration kForecastEvery = absl::Hours(1);
constexpr absl::Duration kForecastRetry = absl::Seconds(10);
constexpr absl::Duration kForecastRest = absl::Seconds(1);
constexpr absl::Duration kBreath = absl::Milliseconds(1);

civil::Day DayOf(absl::Time time) { return LocalDay(time, absl::UTCTimeZone()); }

absl::Time StartOf(civil::Day day) { return LocalMoment(day, 0, absl::UTCTimeZone()); }

// How many come due on a day in each shard, as planned now.
Task<std::vector<int>> CountDue(Core& core, civil::Day day) {
  std::vector<int> due;
  for (int shard = 0; shard < kShardCount; ++shard) {
    due.push_back(
        core.planner.DueBetween(shard, StartOf(day), StartOf(day + std::chrono::days(1))));
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
  }
  co_return due;
}

void AddDay(civil::Day day, const std::vector<int>& due, v1::DueForecast& forecast) {
  v1::DueForecast::Day& added = *forecast.add_days();
  added.set_day(civil::FormatDay(day));
  added.mutable_due()->Assign(due.begin(), due.end());
}

// Yesterday's and today's as they were journaled, and tomorrow's as it is planned now.
Task<void> JournalForecast(Core& core, civil::Day today) {
  const civil::Day tomorrow = today + std::chrono::days(1);
  auto count = CountDue(core, tomorrow);
  const std::vector<int> due = co_await count;
  const std::vector<int>* known = core.world.DueOn(civil::FormatDay(tomorrow));
  // A day that came meanwhile has begun to send what was counted.
  if (known && (*known == due || DayOf(core.Now()) != today)) co_return;
  v1::DueForecast forecast;
  for (const civil::Day day : {today - std::chrono::days(1), today}) {
    const std::vector<int>* told = core.world.DueOn(civil::FormatDay(day));
    if (told) AddDay(day, *told, forecast);
  }
  AddDay(tomorrow, due, forecast);
  registry::v1::PutRecordRequest request;
  request.mutable_record()->set_name(kForecastRecord);
  request.mutable_record()->mutable_body()->PackFrom(forecast);
  Async<absl::StatusOr<registry::v1::Record>> put;
  core.feed.PutRecord(std::move(request), put.Done());
  absl::StatusOr<registry::v1::Record> written = co_await put;
  if (!written.ok()) {
    core.next_forecast = core.Now() + kForecastRetry;
    Log(LogLevel::kWarning, "tomorrow's forecast is not journaled",
        {{"error", std::string(written.status().message())}});
  }
}

}  // namespace

std::int64_t AllowedAt(const World& world, int shard, absl::Time now, std::int64_t least) {
  if (least < 0) return least;
  std::int64_t allowed = least;
  for (const civil::Day day : {DayOf(now), DayOf(now) - std::chrono::days(1)}) {
    const std::vector<int>* known = world.DueOn(civil::FormatDay(day));
    if (!known || shard >= static_cast<int>(known->size())) continue;
    allowed = std::max(allowed, kBusyDay * (*known)[static_cast<std::size_t>(shard)]);
  }
  return allowed;
}

std::string PassingKinds() {
  std::string kinds;
  for (int number = 1; number < registry::v1::DeadlineKind_ARRAYSIZE; ++number) {
    if (IsHeld(static_cast<registry::v1::DeadlineKind>(number))) {
      kinds.push_back(static_cast<char>(number));
    }
  }
  return kinds;
}

bool IsLeap(absl::Duration jump) { return absl::AbsDuration(jump) > absl::Minutes(10); }

void WatchClock(Core& core, absl::Duration jump) {
  if (core.options.breaker_least < 0 || !IsLeap(jump)) return;
  if (jump < absl::ZeroDuration()) {
    // Nothing is due by it; what became so before has to go.
    Log(LogLevel::kError, "the machine's time was set back",
        {{"seconds", -absl::ToInt64Seconds(jump)}});
    return;
  }
  Log(LogLevel::kError, "the machine's time jumped: what is due by it is held",
      {{"seconds", absl::ToInt64Seconds(jump)}});
  for (ShardRuntime& shard : core.shards) shard.clock_jumped = true;
}

void ForecastTomorrow(Core& core) {
  if (core.options.breaker_least < 0 || !core.world.loaded() || !core.registry_up) return;
  if (core.planner.HasStale() || core.Mono() < core.forecast_rest) return;
  // A calendar that was set back waits no longer than an hour either.
  const absl::Duration wait = core.next_forecast - core.Now();
  if (wait > absl::ZeroDuration() && wait <= kForecastEvery) return;
  core.forecast_rest = core.Mono() + kForecastRest;
  core.next_forecast = core.Now() + kForecastEvery;
  core.scope.Spawn(JournalForecast(core, DayOf(core.Now())));
}

Task<void> ReleaseShards(Core& core, std::vector<int> shards,
                         std::function<void(absl::StatusOr<std::vector<int>>)> done) {
  if (shards.empty()) {
    for (int shard = 0; shard < kShardCount; ++shard) shards.push_back(shard);
  }
  std::erase_if(shards, [&](int shard) { return !IsShardHeld(core, shard); });
  // What is let go and waits for its receiver's turn comes back a little later.
  const absl::Time until = core.Now() + core.planner.grace();
  for (const int shard : shards) {
    Async<ShardResult> released;
    core.schedule.Release(shard, core.shards[shard].seen, until, released.Done());
    const ShardResult result = co_await released;
    if (!Absorb(core, shard, result.status, result.seq)) {
      done(rpc::Unavailable("BACKEND_AWAY", {{"backend", "redis"}},
                            "a shard could not be let go: try again in a moment"));
      co_return;
    }
    core.shards[shard].head.hold = BreakerHold();
    core.shards[shard].read.reset();
  }
  core.wake.Set();
  done(std::move(shards));
}

}  // namespace vigil::alert
