#include "alert-svc/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert-svc/engine/applier.h"
#include "alert-svc/engine/bounced.h"
#include "alert-svc/engine/breaker.h"
#include "alert-svc/engine/claimer.h"
#include "alert-svc/engine/dead_letter.h"
#include "alert-svc/engine/fold_audit.h"
#include "alert-svc/engine/forwarder.h"
#include "alert-svc/engine/mute.h"
#include "alert-svc/engine/sweeper.h"
#include "alert-svc/engine/test_send.h"
#include "common/log/log.h"
#include "common/rpc/errors.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

// A nap until something is due takes so long at least.
constexpr absl::Duration kLeastNap = absl::Milliseconds(1);
// Who waits for a shard to follow asks for a round so often: the first one does, where Redis is
// there.
constexpr absl::Duration kNudge = absl::Milliseconds(200);

absl::Status CheckAct(const Settings& settings, const registry::v1::Receipt& receipt) {
  if (receipt.kind() != registry::v1::Receipt::KIND_HANDED_OVER ||
      settings.FindReceiver(receipt.receiver())) {
    return absl::OkStatus();
  }
  return rpc::FailedPrecondition(
      "RECEIVER_MISSING", {{"receiver", receipt.receiver()}},
      fmt::format("receiver: there is no {}; `GET /v1/receivers` lists those there are",
                  receipt.receiver()));
}

}  // namespace

Engine::Engine(Executor& executor, Schedule& schedule, RegistryFeed& feed, Sender& sender,
               EngineObserver& observer, const civil::WorkingDays& days, EngineOptions options)
    : core_(executor, schedule, feed, sender, observer, days, std::move(options)),
      follower_(core_) {}

void Engine::Start() {
  core_.registry_seen = core_.rounded = core_.journaled = core_.Mono();
  core_.known_until = core_.Mono();
  core_.known_at = core_.Now();
  follower_.Start();
  core_.scope.Spawn(Run());
  core_.scope.Spawn(AuditFold(core_, follower_));
}

Task<void> Engine::Run() {
  for (;;) {
    auto round = Round();
    const absl::Duration nap = co_await round;
    auto wait = core_.wake.Wait(std::clamp(nap, kLeastNap, core_.options.poll));
    co_await wait;
  }
}

// One read of all heads, and what follows from it. Returns how long nothing is due (wall).
Task<absl::Duration> Engine::Round() {
  // What is seen while the heads are on their way is newer than they are.
  for (ShardRuntime& runtime : core_.shards) {
    runtime.asked_seq = runtime.seen.seq;
    runtime.asked_epochs = runtime.epochs;
  }
  const absl::Duration asked = core_.Mono();
  Async<HeadsResult> read;
  core_.schedule.Heads(read.Done());
  const HeadsResult heads = co_await read;
  // A process that stood still wakes up with an answer from before.
  if (core_.Mono() - asked > core_.options.lease / 2) co_return absl::ZeroDuration();
  core_.redis_up = heads.status == ScheduleStatus::kOk;
  if (core_.redis_up) core_.redis_heard = core_.Mono();
  // Their way to the registry does not lead over Redis.
  if (!core_.homeless.empty()) core_.scope.Spawn(RecordHomeless(core_));
  if (!core_.redis_up || heads.heads.size() != kShardCount) co_return core_.options.poll / 5;
  core_.rounded = core_.Mono();
  if (core_.world.unjournaled().empty()) core_.journaled = core_.Mono();
  const absl::Duration jump = core_.jump_watch.Look(core_.Wall(), core_.Mono());
  WatchClock(core_, jump);
  PlanAfterSetting(core_, jump);
  ForecastTomorrow(core_);
  Mute(core_);
  const Moment at{core_.Now(), core_.Mono()};
  core_.due_until = at.now;
  MeetServer(heads.server_run_id);
  absl::Time next = absl::InfiniteFuture();
  for (int shard = 0; shard < kShardCount; ++shard) {
    const ShardRuntime& runtime = core_.shards[shard];
    if (!IsQuiet(shard, heads.heads[shard], at)) {
      Look(shard, heads.heads[shard]);
      if (!core_.world.loaded()) continue;
      StartRecovery(shard, at);
      StartWork(shard, at);
    }
    if (runtime.phase == ShardPhase::kLive && runtime.head.next_due &&
        *runtime.head.next_due > at.now) {
      next = std::min(next, *runtime.head.next_due);
    }
  }
  if (next == absl::InfiniteFuture()) co_return core_.options.poll;
  co_return std::min(core_.options.poll, core_.executor.clock().WallAt(next) - core_.Wall());
}

// What was intact on one server is not so on another.
void Engine::MeetServer(const std::string& run_id) {
  if (run_id == server_run_id_) return;
  server_run_id_ = run_id;
  for (ShardRuntime& runtime : core_.shards) runtime.intact_epochs = -1;
}

// Most shards, most of the time: the head is as it was when it was looked at last, it says what we
// know, and nothing is to be done. Looking again would find nothing.
bool Engine::IsQuiet(int shard, const std::shared_ptr<const Head>& read, const Moment& at) const {
  const ShardRuntime& runtime = core_.shards[shard];
  if (read != runtime.read) return false;
  if (runtime.phase == ShardPhase::kRebuilding && runtime.busy) return true;  // by us
  if (runtime.phase != ShardPhase::kLive) return false;
  if (runtime.epochs != runtime.intact_epochs || runtime.head.seq != runtime.seen.seq) return false;
  if (runtime.head.applied != runtime.applied || !runtime.KnowsLag(core_.world.revision())) {
    return false;
  }
  if (runtime.behind && at.mono >= runtime.next_idle_apply) return false;
  if (runtime.stream_grew || !runtime.to_forget.empty()) return false;
  if (runtime.head.leased > runtime.in_flight || core_.planner.HasOps(shard)) return false;
  if (runtime.due_since || runtime.clock_jumped) return false;
  if (runtime.head.next_due && *runtime.head.next_due <= at.now) return false;
  return at.mono < runtime.next_audit && at.mono < runtime.next_trim;
}

void LogHold(int shard, const BreakerHold& hold) {
  Log(LogLevel::kError, "the breaker holds a shard until an administrator lets it go",
      {{"shard", shard}, {"due", hold.due}, {"allowed", hold.allowed}});
}

// Takes in a head: is the shard the one that we know?
void Engine::Look(int shard, const std::shared_ptr<const Head>& read) {
  ShardRuntime& runtime = core_.shards[shard];
  if (runtime.epochs != runtime.asked_epochs) return;  // rebuilt meanwhile
  const Head& head = runtime.head;
  if (read != runtime.read) {
    const bool was_held = IsShardHeld(core_, shard);
    runtime.head = *read;
    runtime.read = read;
    if (!was_held && IsShardHeld(core_, shard)) LogHold(shard, head.hold);
  }
  if (runtime.phase == ShardPhase::kRebuilding && runtime.busy) return;  // it is we who rebuild it
  const bool same_epoch = head.epoch == runtime.seen.epoch;
  // Whoever had not seen what was lost may have gone on since: then the sequence does not tell.
  const bool lost_revision =
      same_epoch && head.seq >= runtime.seen.seq && head.applied < runtime.applied;
  const bool rolled_back = lost_revision || (same_epoch && head.seq < runtime.asked_seq);
  // A rebuild by another replica may have died; its lease says whether we may try.
  const bool intact = head.state == ShardState::kLive && head.run_id == server_run_id_;
  if (!intact || (rolled_back && runtime.phase != ShardPhase::kUnknown)) {
    if (lost_revision) runtime.foreign = head.epoch;  // its sequence would let nobody rebuild it
    if (runtime.phase != ShardPhase::kLost) Lose(core_, shard, "its head is another");
    return;
  }
  if (!same_epoch) {
    // Lost and rebuilt by others while we were not looking.
    if (!runtime.seen.epoch.empty()) SaveOwn(core_, shard);
    if (runtime.phase != ShardPhase::kAttaching) runtime.phase = ShardPhase::kUnknown;
    runtime.Meet(head.epoch, head.seq);
    runtime.applied = head.applied;
    runtime.to_forget.clear();
    return;
  }
  runtime.intact_epochs = runtime.epochs;
  runtime.Learn(head.seq);
  runtime.applied = std::max(runtime.applied, head.applied);
  // Rebuilt by somebody while we held it to be lost.
  if (runtime.phase == ShardPhase::kLost && head.epoch != runtime.foreign) {
    runtime.phase = ShardPhase::kUnknown;
  }
}

void Engine::StartRecovery(int shard, const Moment& at) {
  ShardRuntime& runtime = core_.shards[shard];
  if (runtime.busy) return;
  if (runtime.phase == ShardPhase::kLost) {
    core_.scope.Spawn(RebuildShard(core_, shard));
  } else if (runtime.phase == ShardPhase::kUnknown) {
    core_.scope.Spawn(AttachShard(core_, shard));
  } else if (runtime.phase == ShardPhase::kLive && at.mono >= runtime.next_audit &&
             core_.registry_up) {
    core_.scope.Spawn(AttachShard(core_, shard));
  }
}

void Engine::StartWork(int shard, const Moment& at) {
  ShardRuntime& runtime = core_.shards[shard];
  const absl::Duration mono = at.mono;
  runtime.SeeLag(core_.world.revision(), mono);
  if (runtime.phase != ShardPhase::kLive) return;
  const bool records = mono >= runtime.refused_until;
  const bool behind = core_.world.revision() > runtime.applied;
  const bool has_ops = core_.planner.HasOps(shard);
  const bool apply =
      !runtime.applying && records && (has_ops || (behind && mono >= runtime.next_idle_apply));
  if (apply && IsOurs(core_, shard)) core_.scope.Spawn(ApplyShard(core_, shard));
  const bool due = IsDue(shard, at);
  // Leases of a replica that died are looked for now and then.
  const bool foreign = runtime.head.leased > runtime.in_flight && mono >= runtime.next_lease_look;
  if (foreign) runtime.next_lease_look = mono + absl::Seconds(1);
  if ((due || foreign) && MayClaim(core_, shard)) core_.scope.Spawn(ClaimShard(core_, shard));
  StartForward(core_, shard);
  if (mono >= runtime.next_trim) {
    runtime.next_trim = mono + absl::Hours(1);
    core_.scope.Spawn(TrimShard(shard));
  }
}

// Something is due that may be claimed. In a held shard that is for the claim to say, now and then.
bool Engine::IsDue(int shard, const Moment& at) {
  ShardRuntime& runtime = core_.shards[shard];
  if (!runtime.head.next_due || *runtime.head.next_due > at.now) {
    runtime.clock_jumped = false;
    runtime.due_since.reset();
    return false;
  }
  if (!runtime.due_since) runtime.due_since = at.mono;
  if (!IsShardHeld(core_, shard)) return true;
  runtime.clock_jumped = false;
  if (at.mono < runtime.next_held_look) return false;
  runtime.next_held_look = at.mono + core_.options.poll;
  return true;
}

Task<void> Engine::TrimShard(int shard) {
  Async<ShardResult> trimmed;
  core_.schedule.Trim(shard, core_.shards[shard].seen, core_.Wall() - core_.options.trim_after,
                      trimmed.Done());
  ShardResult result = co_await trimmed;
  Absorb(core_, shard, result.status, result.seq);
}

void Engine::Drain(std::function<void()> done) {
  core_.draining = true;
  core_.scope.Spawn(AwaitDrain(std::move(done)));
}

Task<void> Engine::AwaitDrain(std::function<void()> done) {
  while (core_.in_flight > 0 || !core_.homeless.empty()) {
    auto nap = Sleep(core_.executor, absl::Milliseconds(10));
    co_await nap;
  }
  done();
}

void Engine::PlanAnew(std::string plan_version) {
  core_.options.plan_version = std::move(plan_version);
  core_.world.MarkAllDirty();
  Replan(core_);
  core_.observer.AlertsChanged();
  core_.wake.Set();
}

void Engine::Act(registry::v1::Receipt receipt, std::function<void(absl::Status)> done) {
  if (absl::Status status = CheckAct(core_.world.settings(), receipt); !status.ok()) {
    return done(std::move(status));
  }
  core_.scope.Spawn(ActOn(std::move(receipt), std::move(done)));
}

Task<void> Engine::ActOn(registry::v1::Receipt receipt, std::function<void(absl::Status)> done) {
  const int shard = ShardOf(receipt.parent(), kShardCount);
  registry::v1::RecordReceiptsRequest request;
  *request.add_receipts() = receipt;
  Async<absl::StatusOr<registry::v1::RecordReceiptsResponse>> recorded;
  core_.feed.RecordReceipts(std::move(request), recorded.Done());
  absl::StatusOr<registry::v1::RecordReceiptsResponse> response = co_await recorded;
  if (!response.ok()) {
    done(response.status());
    co_return;
  }
  const absl::Duration until = core_.Mono() + core_.options.act_wait;
  // The journal that recorded it may be another one than is followed, by whose numbers it was there
  // long ago.
  while (!core_.world.HasReceipt(receipt) && core_.Mono() < until) {
    auto nap = Sleep(core_.executor, absl::Milliseconds(2));
    co_await nap;
  }
  if (!core_.world.HasReceipt(receipt)) {
    done(rpc::Unavailable("BACKEND_AWAY", {{"backend", "registry-svc"}},
                          "the registry took this down, but its journal does not tell it yet: do "
                          "it again in a moment, it counts once"));
    co_return;
  }
  ShardRuntime& runtime = core_.shards[shard];
  const auto applied = [&] {
    return runtime.phase == ShardPhase::kLive && runtime.applied >= response->revision();
  };
  absl::Duration nudge = core_.Mono();
  while (!applied() && core_.Mono() < until) {
    runtime.next_idle_apply = core_.Mono();
    if (core_.Mono() >= nudge) {
      core_.wake.Set();
      nudge = core_.Mono() + kNudge;
    }
    auto nap = Sleep(core_.executor, absl::Milliseconds(2));
    co_await nap;
  }
  done(absl::OkStatus());
}

void Engine::Bounced(std::string id, std::string status, std::function<void(absl::Status)> done) {
  core_.scope.Spawn(RecordBounce(core_, std::move(id), std::move(status), std::move(done)));
}

void Engine::Resend(std::string id, std::function<void(absl::StatusOr<Outcome>)> done) {
  core_.scope.Spawn(alert::Resend(core_, std::move(id), std::move(done)));
}

void Engine::ResendRange(LetterRange range, std::function<void(RangeResent)> done) {
  core_.scope.Spawn(alert::ResendRange(core_, std::move(range), std::move(done)));
}

void Engine::Release(std::vector<int> shards,
                     std::function<void(absl::StatusOr<std::vector<int>>)> done) {
  core_.scope.Spawn(ReleaseShards(core_, std::move(shards), std::move(done)));
}

void Engine::SendTest(std::string receiver, std::function<void(absl::StatusOr<Outcome>)> done) {
  core_.scope.Spawn(alert::SendTest(core_, std::move(receiver), std::move(done)));
}

void Engine::WhenFollowed(std::int64_t revision, std::function<void()> done) {
  core_.scope.Spawn(AwaitFollowed(revision, std::move(done)));
}

Task<void> Engine::AwaitFollowed(std::int64_t revision, std::function<void()> done) {
  auto follow = AwaitRevision(core_, revision, core_.options.act_wait);
  co_await follow;
  done();
}

EngineStatus Engine::Status() const {
  EngineStatus status;
  status.following = core_.world.loaded() && core_.registry_up;
  // Asked each poll, it answers in some milliseconds, or hangs.
  const absl::Duration silence = core_.Mono() - core_.redis_heard;
  status.redis_up = core_.redis_up && silence <= core_.options.poll * 3 / 2;
  status.revision = core_.world.revision();
  for (const ShardRuntime& shard : core_.shards) {
    status.live_shards += shard.phase == ShardPhase::kLive;
    status.lost_shards +=
        shard.phase == ShardPhase::kLost || shard.phase == ShardPhase::kRebuilding;
    status.pending += shard.head.pending;
    status.leased += shard.head.leased;
    if (shard.due_since) {
      status.overdue = std::max(status.overdue, core_.Mono() - *shard.due_since);
    }
    status.held_shards += shard.head.hold.why != BreakerHold::Why::kNone;
    if (shard.phase != ShardPhase::kLive) continue;
    status.lag_revisions = std::max(status.lag_revisions, status.revision - shard.applied);
    if (shard.behind && shard.behind->first > shard.applied) {
      status.lag = std::max(status.lag, core_.Mono() - shard.behind->second);
    }
  }
  for (const auto& [name, receiver] : core_.world.settings().receivers()) {
    status.troubled += receiver.trouble().kind() != v1::Trouble::KIND_UNSPECIFIED;
  }
  status.attaching_shards = kShardCount - status.live_shards - status.lost_shards;
  status.round_age = core_.Mono() - core_.rounded;
  status.unjournaled = core_.Mono() - core_.journaled;
  status.feed_silence = core_.Mono() - core_.registry_seen;
  for (const auto& [way, watch] : core_.ways) {
    status.fruitless = std::max(status.fruitless, watch.Failing(core_.Mono()));
  }
  return status;
}

}  // namespace vigil::alert
