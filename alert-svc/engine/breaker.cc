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
// A forecast that could not be journaled is tried again so soon (wall).
constexpr absl::Duration kForecastRetry = absl::Seconds(10);
constexpr absl::Duration kBreath = absl::Milliseconds(1);

civil::Day DayOf(absl::Time time) { return LocalDay(time, absl::UTCTimeZone()); }

absl::Time StartOf(civil::Day day) { return LocalMoment(day, 0, absl::UTCTimeZone()); }

// Today's as it was journaled, and tomorrow's as it is planned now.
Task<void> JournalForecast(Core& core, civil::Day today) {
  const civil::Day tomorrow = today + std::chrono::days(1);
  v1::DueForecast forecast;
  if (const std::vector<int>* known = core.world.DueOn(civil::FormatDay(today))) {
    v1::DueForecast::Day& day = *forecast.add_days();
    day.set_day(civil::FormatDay(today));
    day.mutable_due()->Assign(known->begin(), known->end());
  }
  v1::DueForecast::Day day;
  day.set_day(civil::FormatDay(tomorrow));
  for (int shard = 0; shard < kShardCount; ++shard) {
    day.add_due(core.planner.DueBetween(shard, StartOf(tomorrow),
                                        StartOf(tomorrow + std::chrono::days(1))));
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
  }
  *forecast.add_days() = std::move(day);
  registry::v1::PutRecordRequest request;
  request.mutable_record()->set_name(kForecastRecord);
  request.mutable_record()->mutable_body()->PackFrom(forecast);
  Async<absl::StatusOr<registry::v1::Record>> put;
  core.feed.PutRecord(std::move(request), put.Done());
  absl::StatusOr<registry::v1::Record> written = co_await put;
  if (!written.ok()) {
    Log(LogLevel::kWarning, "tomorrow's forecast is not journaled",
        {{"error", std::string(written.status().message())}});
  }
}

}  // namespace

std::int64_t AllowedAt(const World& world, int shard, absl::Time now, std::int64_t least) {
  if (least < 0) return least;
  const std::vector<int>* known = world.DueOn(civil::FormatDay(DayOf(now)));
  if (!known || shard >= static_cast<int>(known->size())) return least;
  return std::max(least, kBusyDay * (*known)[static_cast<std::size_t>(shard)]);
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

void WatchClock(Core& core) {
  if (core.options.breaker_least < 0) return;
  const std::optional<absl::Duration> jump = core.jump_watch.Look(core.Wall(), core.Mono());
  if (!jump) return;
  Log(LogLevel::kError, "the machine's time jumped: what is due by it is held",
      {{"seconds", absl::ToInt64Seconds(*jump)}});
  for (ShardRuntime& shard : core.shards) shard.clock_jumped = true;
}

void ForecastTomorrow(Core& core) {
  if (core.options.breaker_least < 0 || !core.world.loaded() || !core.registry_up) return;
  if (core.planner.HasStale() || core.Mono() < core.next_forecast) return;
  const civil::Day today = DayOf(core.Now());
  if (core.world.DueOn(civil::FormatDay(today + std::chrono::days(1)))) return;
  core.next_forecast = core.Mono() + kForecastRetry;
  core.scope.Spawn(JournalForecast(core, today));
}

Task<void> ReleaseShards(Core& core, std::vector<int> shards,
                         std::function<void(absl::StatusOr<std::vector<int>>)> done) {
  if (shards.empty()) {
    for (int shard = 0; shard < kShardCount; ++shard) shards.push_back(shard);
  }
  std::erase_if(shards, [&](int shard) { return !IsShardHeld(core, shard); });
  for (const int shard : shards) {
    Async<ShardResult> released;
    core.schedule.Release(shard, core.shards[shard].seen, core.Now(), released.Done());
    const ShardResult result = co_await released;
    if (!Absorb(core, shard, result.status, result.seq)) {
      done(rpc::Unavailable("BACKEND_AWAY", {{"backend", "redis"}},
                            "a shard could not be let go: try again in a moment"));
      co_return;
    }
    core.shards[shard].head.hold = BreakerHold();
  }
  core.wake.Set();
  done(std::move(shards));
}

}  // namespace vigil::alert
