#include "alert-svc/engine/core.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "alert-svc/engine/plan_version.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

// Between two bits of a long plan others have their turn.
constexpr absl::Duration kBreath = absl::Milliseconds(1);
constexpr std::size_t kMostMade = 10'000;  // kept for a registry that is restored

Task<void> PlanRest(Core& core) {
  core.planning = true;
  while (core.planner.HasStale()) {
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
    core.planner.PlanMore(core.Now());
  }
  core.planning = false;
  core.observer.AlertsChanged();
  core.wake.Set();
}

// Said once while it lasts.
void NoteRefusal(Core& core, int shard) {
  const absl::Duration quiet = core.Mono() - std::exchange(core.refused_last, core.Mono());
  core.observer.Refused();
  if (quiet <= absl::Seconds(2)) return;
  Log(LogLevel::kWarning, "redis records nothing",
      {{"shard", shard}, {"why", "its memory is full, or its clock is another than ours"}});
}

}  // namespace

bool IsOutplanned(const Core& core, const Head& head) {
  return IsNewerPlan(head.plan_version, core.options.plan_version);
}

bool Absorb(Core& core, int shard, ScheduleStatus status, std::int64_t seq) {
  ShardRuntime& runtime = core.shards[shard];
  switch (status) {
    case ScheduleStatus::kOk:
      runtime.Learn(seq);
      return true;
    case ScheduleStatus::kLost:
    case ScheduleStatus::kRolledBack:
      if (runtime.phase == ShardPhase::kLive || runtime.phase == ShardPhase::kAttaching) {
        Lose(core, shard, "a call was refused");
      }
      return false;
    case ScheduleStatus::kRefused:
      runtime.refused_until = core.Mono() + absl::Seconds(1);
      NoteRefusal(core, shard);
      return false;
    case ScheduleStatus::kUnavailable:
      core.redis_up = false;
      return false;
    case ScheduleStatus::kStale:
      runtime.Learn(seq);  // of the same shard, and told with what it has applied
      return false;
  }
  return false;
}

bool IsOurs(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const std::string own = core.world.MarkAt(runtime.head.applied);
  const std::string& theirs = runtime.head.chain_hash;
  if (own.empty() || theirs.empty() || own == theirs) return true;
  runtime.next_audit = std::min(runtime.next_audit, core.Mono() + absl::Seconds(1));
  return false;
}

Task<bool> AwaitRevision(Core& core, std::int64_t revision, absl::Duration wall) {
  const absl::Duration until = core.Mono() + wall;
  while (core.world.revision() < revision || !core.world.loaded()) {
    if (core.Mono() >= until) co_return false;
    auto nap = Sleep(core.executor, absl::Milliseconds(2));
    co_await nap;
  }
  co_return true;
}

void Replan(Core& core) {
  // A digest is caught up for an hour of the calendar, or half a minute of the machine where the
  // calendar runs fast.
  const absl::Time now = core.Now();
  const absl::Duration day = core.executor.clock().WallAt(now + absl::Hours(24)) - core.Wall();
  const double rate = absl::Hours(24) / std::max(day, absl::Microseconds(1));
  core.planner.set_grace(std::max(absl::Hours(1), absl::Seconds(30) * rate));
  core.planner.Replan(now);
  if (core.planner.HasStale() && !core.planning) core.scope.Spawn(PlanRest(core));
}

void PlanAfterSetting(Core& core, absl::Duration jump) {
  if (absl::AbsDuration(jump) <= kMostSkew) return;
  core.world.MarkAllDirty();
  Replan(core);
  for (ShardRuntime& shard : core.shards) shard.next_audit = core.Mono();
}

Task<void> AwaitPlanned(Core& core) {
  Replan(core);
  while (core.planner.HasStale()) {
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
  }
}

void Keep(Core& core, const registry::v1::Receipt& receipt, int shard) {
  core.world.AddOwn(receipt, shard);
  core.made.push_back({shard, receipt});
  if (core.made.size() > kMostMade) core.made.pop_front();
}

void SaveOwn(Core& core, int shard) {
  std::set<std::string_view> queued;
  for (const Homeless& one : core.homeless) queued.insert(one.receipt.id());
  std::vector<Homeless> saved;
  for (const auto& [id, own] : core.world.unjournaled()) {
    if (own.shard == shard && !queued.contains(id)) saved.push_back({shard, own.receipt});
  }
  core.homeless.insert(core.homeless.end(), saved.begin(), saved.end());
}

void Lose(Core& core, int shard, std::string_view why) {
  ShardRuntime& runtime = core.shards[shard];
  Log(LogLevel::kWarning, "a shard is lost", {{"shard", shard}, {"why", why}});
  runtime.phase = ShardPhase::kLost;
  SaveOwn(core, shard);
  core.observer.ShardLost();
  core.wake.Set();
}

}  // namespace vigil::alert
