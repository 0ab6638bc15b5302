#include "alert-svc/engine/applier.h"

#include <utility>

namespace vigil::alert {
namespace {

// One call. False where it is better tried again later.
Task<bool> ApplyOnce(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const std::int64_t to = std::max(core.world.revision(), runtime.applied);
  if (core.world.revision() < runtime.applied) co_return false;  // another replica is ahead
  ApplyRequest request;
  request.shard = shard;
  request.seen = runtime.seen;
  request.from = runtime.applied;
  request.to = to;
  request.chain_hash = core.world.hash();
  request.plan_version = core.options.plan_version;
  request.ops = core.planner.TakeOps(shard);
  if (request.ops.empty() && request.from == request.to) co_return true;
  std::vector<Op> ops = request.ops;
  Async<ShardResult> applied;
  core.schedule.Apply(std::move(request), applied.Done());
  ShardResult result = co_await applied;
  if (Absorb(core, shard, result.status, result.seq)) {
    if (to > runtime.applied) runtime.applied = to;
    co_return true;
  }
  if (result.status == ScheduleStatus::kStale && result.applied > runtime.applied) {
    runtime.applied = result.applied;
    core.planner.ReturnOps(shard, std::move(ops));
    co_return core.world.revision() >= result.applied;
  }
  if (runtime.phase == ShardPhase::kLive) core.planner.ReturnOps(shard, std::move(ops));
  co_return false;
}

}  // namespace

Task<void> ApplyShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.applying = true;
  runtime.next_idle_apply = core.Wall() + core.options.idle_apply;
  while (runtime.phase == ShardPhase::kLive) {
    auto once = ApplyOnce(core, shard);
    const bool done = co_await once;
    if (!done || !core.planner.HasOps(shard)) break;
  }
  runtime.applying = false;
  core.wake.Set();
}

}  // namespace vigil::alert
