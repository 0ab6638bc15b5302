#include "alert-svc/engine/applier.h"

#include <utility>

namespace vigil::alert {
namespace {

// One call. False where it is better tried again later.
Task<bool> ApplyOnce(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  if (core.world.revision() < runtime.applied) co_return false;  // another replica is ahead
  if (IsOutplanned(core, runtime.head)) {
    core.planner.TakeOps(shard);  // an audit brings what is right once we plan it again
    co_return false;
  }
  // A revision is applied when all of it that concerns the shard is planned.
  const bool settled = core.planner.Settled(shard);
  const std::int64_t to = settled ? core.world.revision() : runtime.applied;
  ApplyRequest request;
  request.shard = shard;
  request.seen = runtime.seen;
  request.from = runtime.applied;
  request.to = to;
  request.chain_hash = core.world.MarkAt(to);
  request.plan_version = core.options.plan_version;
  request.ops = core.planner.TakeOps(shard);
  if (request.ops.empty() && request.from == request.to) co_return true;
  std::vector<Op> ops = request.ops;
  const std::int64_t life = core.world.life();
  Async<ShardResult> applied;
  core.schedule.Apply(std::move(request), applied.Done());
  ShardResult result = co_await applied;
  // The journal was changed for another one meanwhile: which one the shard follows is to be found
  // out.
  if (core.world.life() != life) {
    Absorb(core, shard, result.status, result.seq);
    runtime.next_audit = core.Mono();
    co_return false;
  }
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
  runtime.next_idle_apply = core.Mono() + core.options.idle_apply;
  bool changed = false;
  while (runtime.phase == ShardPhase::kLive) {
    const bool has_ops = core.planner.HasOps(shard);
    auto once = ApplyOnce(core, shard);
    const bool done = co_await once;
    if (!done) break;
    changed |= has_ops;
    if (!core.planner.HasOps(shard)) break;
  }
  runtime.applying = false;
  // Something may be due sooner now. A head that only moved on, or a call that failed, is for the
  // next round.
  if (changed) core.wake.Set();
}

}  // namespace vigil::alert
