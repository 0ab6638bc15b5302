#include "alert-svc/engine/forwarder.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "common/log/log.h"

namespace vigil::alert {
namespace {

constexpr int kBatch = 200;  // entries of a stream read at once
// Each request costs the registry a commit, so receipts wait for each other so long.
constexpr absl::Duration kGather = absl::Milliseconds(50);
// Of one request: far below what a server takes (8 MiB).
constexpr int kMostReceipts = 1000;
constexpr std::size_t kMostBytes = 1 << 20;
// A journal's stream that speaks so long after an answer is of the registry that gave it: where it
// is quiet it says so each second.
constexpr absl::Duration kOutspoken = absl::Seconds(2);

using registry::v1::Receipt;
using registry::v1::RecordReceiptsRequest;
using registry::v1::RecordReceiptsResponse;

// A journal that is behind what was heard of it is another one: the registry was restored, and the
// stream is about to say so. What is read from its revisions meanwhile would be wrong.
Task<absl::StatusOr<RecordReceiptsResponse>> RecordAt(Core& core, RecordReceiptsRequest request) {
  const bool any = !request.receipts().empty();
  const std::int64_t heard = core.world.revision();
  Async<absl::StatusOr<RecordReceiptsResponse>> recorded;
  core.feed.RecordReceipts(std::move(request), recorded.Done());
  absl::StatusOr<RecordReceiptsResponse> response = co_await recorded;
  if (response.ok() && response->revision() < heard) {
    co_return absl::AbortedError("the journal is behind what was heard of it");
  }
  if (response.ok() && any) core.journaled = core.Mono();
  co_return response;
}

// Whether the journal that holds the receipts is the one whose revisions the shard applies: a
// registry that was restored answers before its new stream says so.
bool IsOfOurJournal(const Core& core, const Forwarded& forwarded) {
  return core.registry_up && core.registry_seen >= forwarded.told + kOutspoken;
}

// Lets the shard forget what was journaled at or below its applied revision.
Task<void> ForgetDone(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  std::int64_t seq = 0, revision = 0;
  std::size_t count = 0;
  for (const Forwarded& forwarded : runtime.to_forget) {
    if (forwarded.revision > runtime.applied || !IsOfOurJournal(core, forwarded)) break;
    seq = forwarded.seq;
    revision = std::max(revision, forwarded.revision);
    ++count;
  }
  if (count == 0 || runtime.phase != ShardPhase::kLive) co_return;
  Async<ShardResult> forgotten;
  core.schedule.Forget(shard, runtime.seen, seq, revision, forgotten.Done());
  ShardResult result = co_await forgotten;
  if (!Absorb(core, shard, result.status, result.seq)) co_return;
  // The queue may have been emptied by a rebuild meanwhile.
  while (!runtime.to_forget.empty() && runtime.to_forget.front().seq <= seq) {
    runtime.to_forget.pop_front();
  }
}

// What a batch holds that the journal does not have.
std::vector<Receipt> Unknown(Core& core, int shard, const ForwardResult& batch) {
  std::vector<Receipt> receipts;
  for (const StreamEntry& entry : batch.entries) {
    registry::v1::ReceiptsRecorded recorded;
    if (!recorded.ParseFromString(entry.receipts)) {
      core.observer.ReceiptsUnreadable();
      Log(LogLevel::kError, "an entry of a shard's stream cannot be read: its receipts are lost",
          {{"shard", shard}, {"entry", entry.id}});
      continue;
    }
    for (Receipt& receipt : *recorded.mutable_receipts()) {
      const bool journaled =
          core.world.HasReceipt(receipt) && !core.world.unjournaled().contains(receipt.id());
      if (!journaled) receipts.push_back(std::move(receipt));
    }
  }
  return receipts;
}

// The next receipts, as many as a request holds.
RecordReceiptsRequest TakeRequest(std::vector<Receipt>& receipts, std::size_t& next) {
  RecordReceiptsRequest request;
  std::size_t bytes = 0;
  while (next < receipts.size() && request.receipts_size() < kMostReceipts) {
    bytes += receipts[next].ByteSizeLong();
    if (bytes > kMostBytes && request.receipts_size() > 0) break;
    *request.add_receipts() = std::move(receipts[next++]);
  }
  return request;
}

// Journals what a batch holds that the journal does not have; its revision, or the world's.
Task<absl::StatusOr<std::int64_t>> JournalBatch(Core& core, int shard, const ForwardResult& batch) {
  std::vector<Receipt> receipts = Unknown(core, shard, batch);
  std::int64_t revision = core.world.revision();
  for (std::size_t next = 0; next < receipts.size();) {
    RecordReceiptsRequest request = TakeRequest(receipts, next);
    // A position that is passed before all of its receipts are there would lose the rest.
    request.mutable_position()->set_shard(shard);
    request.mutable_position()->set_epoch(batch.epoch);
    const bool last = next == receipts.size();
    request.mutable_position()->set_stream_id(last ? batch.entries.back().id
                                                   : core.shards[shard].forwarded);
    auto record = RecordAt(core, std::move(request));
    absl::StatusOr<RecordReceiptsResponse> response = co_await record;
    if (!response.ok()) co_return response.status();
    revision = std::max(revision, response->revision());
  }
  co_return revision;
}

// Notes what may be forgotten once the shard has applied the revision. Seqs start over with each
// epoch: an entry of an earlier one says nothing about this one's.
void NoteForgettable(const Core& core, ShardRuntime& runtime, const ForwardResult& batch,
                     std::int64_t revision) {
  std::int64_t seq = 0;
  for (const StreamEntry& entry : batch.entries) {
    if (entry.epoch == runtime.seen.epoch) seq = std::max(seq, entry.seq);
  }
  if (seq > 0) runtime.to_forget.push_back({seq, revision, core.Mono()});
}

// One batch. The number of entries; an error where something is left.
Task<absl::StatusOr<int>> ForwardBatch(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  const std::int64_t life = core.world.life();
  Async<ForwardResult> read;
  core.schedule.Forward(shard, runtime.forwarded, kBatch, read.Done());
  ForwardResult batch = co_await read;
  // What the stream of a lost head still holds is read all the same.
  if (batch.status == ScheduleStatus::kUnavailable) co_return absl::UnavailableError("redis");
  if (batch.entries.empty()) co_return 0;
  auto journal = JournalBatch(core, shard, batch);
  absl::StatusOr<std::int64_t> revision = co_await journal;
  if (!revision.ok()) co_return revision.status();
  // A journal that was changed for another one meanwhile is told from the start.
  if (core.world.life() != life) co_return absl::AbortedError("the journal started over");
  runtime.forwarded = batch.entries.back().id;
  NoteForgettable(core, runtime, batch, *revision);
  co_return static_cast<int>(batch.entries.size());
}

// Something may be forgotten, and was not asked for a moment ago.
bool IsToForget(const Core& core, const ShardRuntime& runtime) {
  return !runtime.to_forget.empty() && runtime.to_forget.front().revision <= runtime.applied &&
         core.Mono() >= runtime.next_forward;
}

Task<void> ForwardNow(Core& core, int shard) {
  auto forward = ForwardShard(core, shard);
  co_await forward;
}

Task<void> ForwardGathered(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.gathering = true;
  auto nap = Sleep(core.executor, kGather);
  co_await nap;
  runtime.gathering = false;
  if (runtime.phase != ShardPhase::kLive || runtime.forwarding || !runtime.stream_grew) co_return;
  auto forward = ForwardShard(core, shard);
  co_await forward;
}

// Asks the journal for its revision, once for all who came in since the call before: a rebuild of
// all shards asks for each of them at one time.
Task<void> AskRevision(Core& core) {
  core.asking_revision = true;
  while (!core.revision_askers.empty()) {
    const auto askers = std::exchange(core.revision_askers, {});
    RecordReceiptsRequest nothing;
    auto record = RecordAt(core, std::move(nothing));
    absl::StatusOr<RecordReceiptsResponse> response = co_await record;
    absl::StatusOr<std::int64_t> revision =
        response.ok() ? absl::StatusOr<std::int64_t>(response->revision()) : response.status();
    for (const auto& told : askers) told(revision);
  }
  core.asking_revision = false;
}

}  // namespace

Task<bool> ForwardShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.forwarding = true;
  runtime.stream_grew = false;
  bool all = true;
  for (;;) {
    auto forward = ForwardBatch(core, shard);
    const absl::StatusOr<int> count = co_await forward;
    all = count.ok();
    if (!all || *count < kBatch) break;
  }
  if (!all) runtime.stream_grew = true;
  auto forget = ForgetDone(core, shard);
  co_await forget;
  runtime.next_forward = core.Mono() + absl::Seconds(1);
  runtime.forwarding = false;
  co_return all;
}

void StartForward(Core& core, int shard) {
  const ShardRuntime& runtime = core.shards[shard];
  if (runtime.phase != ShardPhase::kLive || runtime.forwarding) return;
  const bool grew = runtime.stream_grew;
  if (IsToForget(core, runtime) || (grew && runtime.in_flight == 0)) {
    core.scope.Spawn(ForwardNow(core, shard));
  } else if (grew && !runtime.gathering) {
    core.scope.Spawn(ForwardGathered(core, shard));
  }
}

Task<void> RecordHomeless(Core& core) {
  if (core.recording_homeless) co_return;
  core.recording_homeless = true;
  while (!core.homeless.empty()) {
    const int shard = core.homeless.front().shard;
    std::vector<Receipt> receipts;
    for (const Homeless& one : core.homeless) {
      if (one.shard != shard) break;
      receipts.push_back(one.receipt);
    }
    std::size_t count = 0;
    RecordReceiptsRequest request = TakeRequest(receipts, count);
    request.mutable_position()->set_shard(shard);
    request.mutable_position()->set_epoch(core.shards[shard].seen.epoch);
    request.mutable_position()->set_stream_id(core.shards[shard].forwarded);
    auto record = RecordAt(core, std::move(request));
    absl::StatusOr<RecordReceiptsResponse> response = co_await record;
    // Once journaled they come back by the feed; more may have come behind them meanwhile.
    if (!response.ok()) break;
    for (; count > 0; --count) core.homeless.pop_front();
  }
  core.recording_homeless = false;
}

void TellAgain(Core& core) {
  for (const Homeless& one : core.made) {
    core.world.AddOwn(one.receipt, one.shard);
    core.homeless.push_back(one);
  }
}

Task<absl::StatusOr<std::int64_t>> PresentRevision(Core& core) {
  Async<absl::StatusOr<std::int64_t>> told;
  core.revision_askers.push_back(told.Done());
  if (!core.asking_revision) core.scope.Spawn(AskRevision(core));
  absl::StatusOr<std::int64_t> revision = co_await told;
  co_return revision;
}

}  // namespace vigil::alert
