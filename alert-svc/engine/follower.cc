#include "alert-svc/engine/follower.h"

#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/engine/claimer.h"
#include "alert-svc/engine/forwarder.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kRetry = absl::Milliseconds(200);

bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsOutOfRange(status) ||
         absl::IsInvalidArgument(status);
}

}  // namespace

void Follower::Start() { core_.scope.Spawn(Run()); }

void Follower::StartAnew() {
  token_.clear();
  end_(absl::AbortedError("it is to start over"));
}

Task<void> Follower::Run() {
  for (;;) {
    registry::v1::WatchChangesRequest request;
    request.set_token(token_);
    request.set_snapshot(token_.empty());
    snapshot_begun_ = false;
    parts_.Clear();
    Async<absl::Status> ended;
    end_ = ended.Done();
    stream_ = core_.feed.Watch(
        std::move(request), [this](auto message) { OnMessage(std::move(message)); }, end_);
    const absl::Status status = co_await ended;
    stream_.reset();
    core_.registry_up = false;
    Log(LogLevel::kWarning, "the journal's stream ended", {{"error", status.ToString()}});
    if (IsRefusal(status)) token_.clear();
    auto nap = Sleep(core_.executor, kRetry);
    co_await nap;
  }
}

void Follower::StartOver() {
  snapshot_begun_ = true;
  core_.world.Reset();
  if (core_.world.life() > 1) core_.restored = core_.Mono();
  core_.planner.Reset();
  TellAgain(core_);
  for (ShardRuntime& shard : core_.shards) {
    if (shard.phase == ShardPhase::kLive) shard.phase = ShardPhase::kUnknown;
    shard.applied = 0;
    // A restored journal gets back what the streams still hold.
    shard.forwarded.clear();
    shard.to_forget.clear();
  }
}

// All that was recorded until then is known: of a long journal long before it is read.
void Follower::KnowUntil(absl::Time recorded) {
  const Clock& clock = core_.executor.clock();
  const absl::Time now = core_.Now();
  core_.known_at = std::min(recorded, now);
  core_.known_until = core_.Mono() - (clock.WallAt(now) - clock.WallAt(core_.known_at));
}

void Follower::OnMessage(registry::v1::WatchChangesResponse message) {
  core_.registry_up = true;
  core_.registry_seen = core_.Mono();
  const bool loaded = core_.world.loaded();
  const bool news = message.revision() > core_.world.revision() || !loaded;
  switch (message.payload_case()) {
    case registry::v1::WatchChangesResponse::kSnapshotPart:
      if (!snapshot_begun_) StartOver();
      core_.world.Fold(message.snapshot_part(), true);
      return;  // its token is the bookmark's to give
    case registry::v1::WatchChangesResponse::kChange:
      // A revision that comes in parts takes effect whole.
      if (parts_.items().empty()) {
        parts_.Swap(message.mutable_change());
      } else {
        parts_.mutable_items()->MergeFrom(message.change().items());
      }
      if (message.more()) return;
      core_.world.Fold(parts_, false);
      KnowUntil(TimeOf(parts_.time()));
      parts_.Clear();
      core_.world.Reach(message.revision(), RevisionMark(message.token()));
      break;
    case registry::v1::WatchChangesResponse::kBookmark:
      // The snapshot of an empty journal is a bookmark alone.
      if (token_.empty() && !snapshot_begun_) StartOver();
      core_.world.Reach(message.revision(), RevisionMark(message.token()));
      core_.world.NoteHash(message.revision(), message.bookmark().hash());
      KnowUntil(core_.Now());
      break;
    default:
      return;
  }
  token_ = message.token();
  if (!news) return;  // a quiet journal, which says so each second
  Replan(core_);
  core_.observer.AlertsChanged();
  // A revision that changes nothing in the shards takes effect with the next round.
  if (!loaded || core_.planner.HasOps()) core_.wake.Set();
  ClaimNext(core_);  // something may have waited for it
}

}  // namespace vigil::alert
