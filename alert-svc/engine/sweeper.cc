#include "alert-svc/engine/sweeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include "alert-svc/engine/forwarder.h"
#include "common/log/log.h"
#include "google/protobuf/timestamp.pb.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kFollowWait = absl::Seconds(5);
// A comparison that could not be ended has forgotten ops that were on their way: it is made again
// soon.
constexpr absl::Duration kAuditRetry = absl::Seconds(1);

// Follows to what the journal holds now. False where the registry is away or too far ahead, or the
// journal's stream broke: a registry that was restored answers with a revision of another journal,
// and only the next stream says so.
Task<bool> FollowToHead(Core& core) {
  auto ask = PresentRevision(core);
  absl::StatusOr<std::int64_t> revision = co_await ask;
  if (!revision.ok()) co_return false;
  auto follow = AwaitRevision(core, *revision, kFollowWait);
  const bool followed = co_await follow;
  co_return followed&& core.registry_up;
}

// Everything that was sent is in the journal, and the journal's head in the world.
Task<bool> CatchUp(Core& core, int shard) {
  while (core.shards[shard].forwarding) {
    auto nap = Sleep(core.executor, absl::Milliseconds(5));
    co_await nap;
  }
  auto forward = ForwardShard(core, shard);
  const bool forwarded = co_await forward;
  auto record = RecordHomeless(core);
  co_await record;
  auto follow = FollowToHead(core);
  const bool followed = co_await follow;
  const bool all = forwarded && followed && core.homeless.empty();
  co_return all;
}

// Whether a shard follows another journal than the registry's: a restored registry goes its own
// way. A mark that nobody knows any more proves nothing; the repair puts right what differs.
Task<bool> IsForeign(Core& core, const Head& head) {
  const std::string mark = core.world.MarkAt(head.applied);
  if (!mark.empty() && !head.chain_hash.empty()) co_return mark != head.chain_hash;
  if (head.applied <= core.world.revision()) co_return false;
  // Another replica may be ahead of us, but none of the journal.
  auto ask = PresentRevision(core);
  absl::StatusOr<std::int64_t> present = co_await ask;
  co_return present.ok() && head.applied > *present;
}

// The request that brings a shard to what is owed.
ApplyRequest RepairRequest(Core& core, int shard, const std::vector<ListedMember>& found) {
  ApplyRequest request;
  request.shard = shard;
  request.seen = core.shards[shard].seen;
  request.from = core.shards[shard].applied;
  request.to = core.world.revision();
  request.chain_hash = core.world.MarkAt(request.to);
  request.plan_version = core.options.plan_version;
  request.ops = core.planner.Repair(shard, found, core.executor.clock());
  return request;
}

// Whether nothing but a fault can have made a shard differ from the plan. It was live, at the
// plan's revision and by the same planner, no op is on its way there, and nobody called upon it
// since `before`: what was done until then was forwarded, and is in the plan.
bool IsAtRest(Core& core, int shard, const Seen& before, const Head& found) {
  return core.shards[shard].phase == ShardPhase::kLive && !core.planner.HasOps(shard) &&
         found.applied == core.world.revision() &&
         found.plan_version == core.options.plan_version && found.epoch == before.epoch &&
         found.seq == before.seq;
}

AuditFound Differences(const std::vector<Op>& ops, const std::vector<ListedMember>& found) {
  std::set<std::string> there;
  for (const ListedMember& listed : found) there.insert(listed.member.Identity());
  AuditFound differences;
  for (const Op& op : ops) {
    if (!op.due) {
      ++differences.extra;
    } else if (there.contains(op.member.Identity())) {
      ++differences.wrong;
    } else {
      ++differences.missing;
    }
  }
  return differences;
}

void ReportAudit(Core& core, int shard, const AuditFound& found) {
  core.observer.Audited(found);
  if (found.missing + found.wrong + found.extra == 0) return;
  Log(LogLevel::kWarning, "an audit found a shard other than it is to be, and put it right",
      {{"shard", shard},
       {"missing", found.missing},
       {"wrong", found.wrong},
       {"extra", found.extra}});
}

void TellOutplanned(Core& core, const Head& found) {
  if (core.newer_plan == found.plan_version) return;
  Log(LogLevel::kError, "shards hold a newer plan: this replica does not plan them",
      {{"found", found.plan_version}, {"own", core.options.plan_version}});
  core.newer_plan = found.plan_version;
}

// `before`: what was seen of the shard before all that was sent went to the journal.
Task<bool> Repair(Core& core, int shard, Seen before) {
  ShardRuntime& runtime = core.shards[shard];
  const std::int64_t life = core.world.life();
  Async<ListResult> listed;
  core.schedule.List(shard, listed.Done());
  ListResult found = co_await listed;
  if (!Absorb(core, shard, found.status, found.head.seq)) co_return false;
  auto compare = IsForeign(core, found.head);
  const bool foreign = co_await compare;
  if (foreign) {
    runtime.foreign = found.head.epoch;
    Lose(core, shard, "it follows another journal: the registry was restored");
    co_return false;
  }
  auto planned = AwaitPlanned(core);
  co_await planned;
  // It was compared with the journal before.
  if (core.world.life() != life) co_return false;
  if (found.head.applied > core.world.revision()) co_return false;
  runtime.applied = std::max(runtime.applied, found.head.applied);
  if (runtime.applied > core.world.revision()) co_return false;  // another replica is ahead
  if (IsOutplanned(core, found.head)) {
    TellOutplanned(core, found.head);
    co_return true;
  }
  const bool at_rest = IsAtRest(core, shard, before, found.head);
  ApplyRequest request = RepairRequest(core, shard, found.members);
  const AuditFound differences = at_rest ? Differences(request.ops, found.members) : AuditFound();
  if (request.ops.empty() && request.from == request.to) {
    ReportAudit(core, shard, {});
    co_return true;
  }
  const std::int64_t to = request.to;
  const auto calls = static_cast<std::int64_t>(request.ops.size() / kMaxItemsPerCall + 1);
  Async<ShardResult> applied;
  core.schedule.Apply(std::move(request), applied.Done());
  ShardResult result = co_await applied;
  if (!Absorb(core, shard, result.status, result.seq)) co_return false;
  runtime.applied = std::max(runtime.applied, to);
  const bool undisturbed = result.seq <= found.head.seq + calls;
  ReportAudit(core, shard, undisturbed ? differences : AuditFound());
  co_return true;
}

// The first replica ever to open a shard says so in the registry: from then on a shard that is
// missing may have had senders, and is held for one lease.
Task<bool> RecordOpening(Core& core) {
  if (core.opened_recorded || core.world.ever_opened()) co_return true;
  registry::v1::PutRecordRequest request;
  request.mutable_record()->set_name(kOpenedRecord);
  google::protobuf::Timestamp time;
  request.mutable_record()->mutable_body()->PackFrom(time);
  Async<absl::StatusOr<registry::v1::Record>> put;
  core.feed.PutRecord(std::move(request), put.Done());
  absl::StatusOr<registry::v1::Record> record = co_await put;
  if (record.ok()) core.opened_recorded = true;
  co_return record.ok();
}

// Another rebuilder is refused for so long.
absl::Duration BuildLease(const Core& core) { return 2 * core.options.lease; }

Task<ShardResult> Begin(Core& core, int shard, std::string epoch) {
  BeginRequest request;
  request.shard = shard;
  request.lost = core.shards[shard].seen;
  request.foreign = !request.lost.epoch.empty() && request.lost.epoch == core.shards[shard].foreign;
  request.epoch = std::move(epoch);
  request.wall = core.Wall();
  request.build_lease = BuildLease(core);
  Async<ShardResult> begun;
  core.schedule.RebuildBegin(std::move(request), begun.Done());
  ShardResult result = co_await begun;
  co_return result;
}

Task<void> Hold(Core& core, absl::Duration since) {
  const absl::Duration left = since + core.options.lease - core.Mono();
  if (left <= absl::ZeroDuration()) co_return;
  auto nap = Sleep(core.executor, left);
  co_await nap;
}

// As CatchUp, again and again while the rebuild is ours: whoever gave it up would have to wait
// until it is over.
Task<bool> CatchUpUntil(Core& core, int shard, absl::Duration until) {
  for (;;) {
    auto catch_up = CatchUp(core, shard);
    const bool caught_up = co_await catch_up;
    if (caught_up || core.Mono() >= until) co_return caught_up;
    auto nap = Sleep(core.executor, core.options.poll / 5);
    co_await nap;
  }
}

// Writes all that is owed and opens the shard; `life`: of the world that caught up with the
// journal.
Task<bool> WriteAndOpen(Core& core, int shard, std::string epoch, std::int64_t life) {
  ShardRuntime& runtime = core.shards[shard];
  auto planned = AwaitPlanned(core);
  co_await planned;
  // Of another journal it did not catch up with anything yet.
  if (core.world.life() != life) co_return false;
  OpenRequest open;
  open.shard = shard;
  open.epoch = epoch;
  open.applied = core.world.revision();
  open.chain_hash = core.world.MarkAt(open.applied);
  open.plan_version = core.options.plan_version;
  std::vector<Op> ops = core.planner.Rebuild(shard);
  Async<ShardResult> written;
  core.schedule.RebuildWrite(shard, epoch, std::move(ops), written.Done());
  ShardResult wrote = co_await written;
  if (wrote.status != ScheduleStatus::kOk || core.world.life() != life) co_return false;
  const std::int64_t applied = open.applied;
  Async<ShardResult> opened;
  core.schedule.RebuildOpen(std::move(open), opened.Done());
  ShardResult result = co_await opened;
  if (result.status != ScheduleStatus::kOk) co_return false;
  runtime.Meet(std::move(epoch), result.seq);
  runtime.applied = applied;
  runtime.to_forget.clear();
  co_return true;
}

Task<bool> TryRebuild(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const std::int64_t life = core.world.life();
  // A shard that nobody ever opened had no senders.
  const bool had_senders = core.world.ever_opened() || !runtime.seen.epoch.empty();
  // Whoever rebuilds it has seen to that.
  if (runtime.head.state != ShardState::kRebuilding) {
    auto before = CatchUp(core, shard);
    co_await before;
  }
  auto opening = RecordOpening(core);
  const bool may_open = co_await opening;
  if (!may_open) co_return false;
  std::string epoch = core.options.draw_epoch();
  auto begin = Begin(core, shard, epoch);
  ShardResult begun = co_await begin;
  if (begun.status != ScheduleStatus::kOk) co_return false;
  const absl::Duration until = core.Mono() + BuildLease(core);
  if (had_senders && core.options.hold) {
    // Whatever we took it for, others may have claimed from it until it was to be rebuilt; and what
    // they made the journal may have lost since.
    auto hold = Hold(core, std::max(core.Mono() - begun.closed, core.restored));
    co_await hold;
  }
  // What ended before the rebuild began is in a stream that may be lost since.
  SaveOwn(core, shard);
  auto after = CatchUpUntil(core, shard, until);
  const bool caught_up = co_await after;
  if (!caught_up) co_return false;
  auto write = WriteAndOpen(core, shard, std::move(epoch), life);
  const bool open = co_await write;
  co_return open;
}

}  // namespace

Task<void> AttachShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.busy = true;
  if (runtime.phase == ShardPhase::kUnknown) runtime.phase = ShardPhase::kAttaching;
  const std::int64_t life = core.world.life();
  Seen before = runtime.seen;
  auto catch_up = CatchUp(core, shard);
  const bool caught_up = co_await catch_up;
  bool repaired = false;
  if (caught_up) {
    auto repair = Repair(core, shard, std::move(before));
    repaired = co_await repair;
  }
  // What was right by the journal before says nothing of the one that is told now.
  repaired = repaired && core.world.life() == life;
  if (!repaired) {
    auto nap = Sleep(core.executor, core.options.poll / 5);
    co_await nap;
  }
  runtime.next_audit = core.Mono() + (repaired ? core.options.audit : kAuditRetry);
  runtime.busy = false;
  if (runtime.phase == ShardPhase::kLive) co_return;  // it was an audit
  if (runtime.phase == ShardPhase::kAttaching) {
    runtime.phase = repaired ? ShardPhase::kLive : ShardPhase::kUnknown;
  }
  core.wake.Set();
}

Task<void> RebuildShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.busy = true;
  runtime.phase = ShardPhase::kRebuilding;
  const std::int64_t life = core.world.life();
  auto rebuild = TryRebuild(core, shard);
  const bool open = co_await rebuild;
  if (open) {
    runtime.phase = core.world.life() == life ? ShardPhase::kLive : ShardPhase::kUnknown;
    runtime.next_audit = core.Mono() + core.options.audit;
    core.wake.Set();
  } else {
    SaveOwn(core, shard);
    // The round after it tries again.
    auto nap = Sleep(core.executor, core.options.poll / 2);
    co_await nap;
    runtime.phase = ShardPhase::kLost;
  }
  runtime.busy = false;
}

}  // namespace vigil::alert
