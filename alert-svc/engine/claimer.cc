#include "alert-svc/engine/claimer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "alert-svc/engine/breaker.h"
#include "alert-svc/engine/courier.h"
#include "alert-svc/engine/forwarder.h"
#include "alert-svc/engine/send.h"

namespace vigil::alert {
namespace {

// So long after a claim not much room is not worth another.
constexpr absl::Duration kRest = absl::Milliseconds(20);

// What is on its way under one fence.
struct Batch {
  int shard = 0;
  std::int64_t fence = 0;
  std::map<std::string, Member> running;  // by identity
  std::shared_ptr<Hold> hold = std::make_shared<Hold>();
  bool renewing = false;
};

Task<void> Renew(Core& core, std::shared_ptr<Batch> batch) {
  batch->renewing = true;
  RenewRequest request;
  request.shard = batch->shard;
  request.seen = core.shards[batch->shard].seen;
  request.fence = batch->fence;
  for (const auto& [identity, member] : batch->running) request.members.push_back(member);
  request.wall = core.Wall();
  request.lease = core.options.lease;
  const absl::Duration asked = core.Mono();
  Async<RenewResult> renewed;
  core.schedule.Renew(std::move(request), renewed.Done());
  RenewResult result = co_await renewed;
  batch->renewing = false;
  if (!Absorb(core, batch->shard, result.status, result.seq)) co_return;
  batch->hold->since = asked;
  for (const Member& lost : result.lost) {
    batch->hold->lost.insert(lost.Identity());
    CutSends(core, batch->shard, lost.Identity());
  }
}

// Renews the leases while anything runs. What could not be renewed is cut before others may take
// it: three fifths of a lease after it was held for certain, one more for the cut, and the last for
// its receipt to reach the registry.
Task<void> RenewWhileRunning(Core& core, std::shared_ptr<Batch> batch) {
  const absl::Duration beat = core.options.lease / 5;
  for (;;) {
    const absl::Duration left = batch->hold->since + 3 * beat - core.Mono();
    auto nap = Sleep(core.executor, left > absl::ZeroDuration() ? std::min(beat, left) : beat);
    co_await nap;
    if (batch->running.empty()) co_return;
    if (core.Mono() - batch->hold->since >= 3 * beat) {
      for (const auto& [identity, member] : batch->running) CutSends(core, batch->shard, identity);
    }
    if (!batch->renewing) core.scope.Spawn(Renew(core, batch));
  }
}

Task<void> CarryOne(Core& core, Errand errand, std::shared_ptr<Batch> batch) {
  const std::string identity = errand.member.Identity();
  auto carry = Carry(core, std::move(errand));
  co_await carry;
  ShardRuntime& runtime = core.shards[batch->shard];
  batch->running.erase(identity);
  --core.in_flight;
  --runtime.in_flight;
  // When the shard has something due again is for the next round to say.
  const bool over = batch->running.empty() && !runtime.due_since;
  if (over || core.planner.HasOps()) core.wake.Set();
  StartForward(core, batch->shard);
  ClaimNext(core);
}

int Room(const Core& core) {
  if (core.draining || core.world.unjournaled().size() >= core.options.max_unjournaled) return 0;
  return 4 * core.options.send_concurrency - core.in_flight;
}

// No more than the shard seems to hold, and only a half of the room: others are due at the same
// hour, and have their turn while this claim is on its way.
int RoomFor(const Core& core, int shard) {
  const int room = Room(core);
  if (room <= 0) return 0;
  const Head& head = core.shards[shard].head;
  const auto holds = std::clamp<std::int64_t>(head.pending + head.leased, 1, kMaxItemsPerCall);
  return std::min(room / 2 + 1, static_cast<int>(holds));
}

// The shard that waits longest for a claim; nullopt where none may be made.
std::optional<int> LongestWaiting(Core& core) {
  std::optional<int> longest;
  for (int shard = 0; shard < kShardCount; ++shard) {
    const std::optional<absl::Duration>& since = core.shards[shard].due_since;
    if (!since || IsShardHeld(core, shard)) continue;
    if (longest && *core.shards[*longest].due_since <= *since) continue;
    if (MayClaim(core, shard)) longest = shard;
  }
  return longest;
}

// Few large claims cost less than many small ones, so some room is left alone for a while.
bool IsWorthAClaim(const Core& core) {
  const bool rested = core.Mono() - core.claimed >= kRest;
  return Room(core) >= (rested ? 1 : 2 * core.options.send_concurrency);
}

// Sends what was claimed; `asked`: when its lease began at the latest (monotonic).
void CarryAll(Core& core, int shard, const ClaimResult& result, absl::Duration asked) {
  if (result.claimed.empty()) return;
  ShardRuntime& runtime = core.shards[shard];
  runtime.applied = std::max(runtime.applied, result.applied);
  auto batch = std::make_shared<Batch>();
  batch->shard = shard;
  batch->fence = result.fence;
  batch->hold->since = asked;
  for (const Claimed& one : result.claimed) {
    batch->running[one.member.Identity()] = one.member;
    ++core.in_flight;
    ++runtime.in_flight;
  }
  core.scope.Spawn(RenewWhileRunning(core, batch));
  for (const Claimed& one : result.claimed) {
    Errand errand;
    errand.shard = shard;
    errand.fence = result.fence;
    errand.applied = result.applied;
    errand.member = one.member;
    errand.due = one.due;
    errand.taken_over = one.taken_over;
    errand.hold = batch->hold;
    core.scope.Spawn(CarryOne(core, std::move(errand), batch));
  }
}

}  // namespace

bool MayClaim(Core& core, int shard) {
  const ShardRuntime& runtime = core.shards[shard];
  return runtime.phase == ShardPhase::kLive && !runtime.claiming &&
         core.Mono() >= runtime.refused_until && core.world.revision() >= runtime.applied &&
         IsOurs(core, shard);
}

void ClaimNext(Core& core) {
  while (IsWorthAClaim(core)) {
    const std::optional<int> shard = LongestWaiting(core);
    if (!shard) return;
    core.scope.Spawn(ClaimShard(core, *shard));
  }
}

Task<void> ClaimShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const int room = RoomFor(core, shard);
  if (room <= 0) co_return;
  runtime.claiming = true;
  core.claimed = core.Mono();
  ClaimRequest request;
  request.shard = shard;
  request.seen = runtime.seen;
  request.limit = room;
  request.due_until = std::min(core.Now(), core.due_until);
  request.wall = core.Wall();
  request.lease = core.options.lease;
  request.allowed = AllowedAt(core.world, shard, request.due_until, core.options.breaker_least);
  request.clock_jumped = runtime.clock_jumped;
  request.passing = PassingKinds();
  const absl::Duration asked = core.Mono();
  core.in_flight += room;  // so that other shards do not take the same room
  Async<ClaimResult> claimed;
  core.schedule.Claim(std::move(request), claimed.Done());
  ClaimResult result = co_await claimed;
  core.in_flight -= room;
  runtime.claiming = false;
  if (!Absorb(core, shard, result.status, result.seq)) co_return;
  // As much as was asked for: there may be more.
  const bool all = static_cast<int>(result.claimed.size()) < room;
  runtime.due_since = all ? std::nullopt : std::make_optional(core.Mono());
  CarryAll(core, shard, result, asked);
  // What it left of the room is for others that have something due.
  ClaimNext(core);
}

}  // namespace vigil::alert
