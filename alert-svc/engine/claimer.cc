#include "alert-svc/engine/claimer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {
namespace {

// What is on its way under one fence, by identity.
using Running = std::map<std::string, Member>;

Task<void> RenewWhileRunning(Core& core, int shard, std::int64_t fence,
                             std::shared_ptr<Running> running) {
  for (;;) {
    auto nap = Sleep(core.executor, core.options.lease / 5);
    co_await nap;
    if (running->empty()) co_return;
    RenewRequest request;
    request.shard = shard;
    request.seen = core.shards[shard].seen;
    request.fence = fence;
    for (const auto& [identity, member] : *running) request.members.push_back(member);
    request.wall = core.Wall();
    request.lease = core.options.lease;
    Async<RenewResult> renewed;
    core.schedule.Renew(std::move(request), renewed.Done());
    RenewResult result = co_await renewed;
    Absorb(core, shard, result.status, result.seq);
  }
}

Task<void> CarryOne(Core& core, Errand errand, std::shared_ptr<Running> running) {
  const std::string identity = errand.member.Identity();
  const int shard = errand.shard;
  auto carry = Carry(core, std::move(errand));
  co_await carry;
  running->erase(identity);
  --core.in_flight;
  --core.shards[shard].in_flight;
  core.wake.Set();
}

int Room(const Core& core) {
  if (core.draining || core.world.unjournaled().size() >= core.options.max_unjournaled) return 0;
  return 4 * core.options.send_concurrency - core.in_flight;
}

}  // namespace

Task<void> ClaimShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const int room = std::min(Room(core), kMaxItemsPerCall);
  if (room <= 0) co_return;
  runtime.claiming = true;
  ClaimRequest request;
  request.shard = shard;
  request.seen = runtime.seen;
  request.limit = room;
  request.due_until = core.Now();
  request.wall = core.Wall();
  request.lease = core.options.lease;
  core.in_flight += room;  // so that other shards do not take the same room
  Async<ClaimResult> claimed;
  core.schedule.Claim(std::move(request), claimed.Done());
  ClaimResult result = co_await claimed;
  core.in_flight -= room;
  runtime.claiming = false;
  if (!Absorb(core, shard, result.status, result.seq) || result.claimed.empty()) co_return;
  runtime.applied = std::max(runtime.applied, result.applied);
  auto running = std::make_shared<Running>();
  for (const Claimed& one : result.claimed) {
    (*running)[one.member.Identity()] = one.member;
    ++core.in_flight;
    ++runtime.in_flight;
  }
  core.scope.Spawn(RenewWhileRunning(core, shard, result.fence, running));
  for (const Claimed& one : result.claimed) {
    Errand errand;
    errand.shard = shard;
    errand.fence = result.fence;
    errand.applied = result.applied;
    errand.member = one.member;
    errand.due = one.due;
    core.scope.Spawn(CarryOne(core, std::move(errand), running));
  }
}

}  // namespace vigil::alert
