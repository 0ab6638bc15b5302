#include "alert-svc/engine/forwarder.h"

#include <algorithm>
#include <utility>

namespace vigil::alert {
namespace {

constexpr int kBatch = 200;

using registry::v1::RecordReceiptsRequest;
using registry::v1::RecordReceiptsResponse;

Task<absl::StatusOr<RecordReceiptsResponse>> Record(Core& core, RecordReceiptsRequest request) {
  Async<absl::StatusOr<RecordReceiptsResponse>> recorded;
  core.feed.RecordReceipts(std::move(request), recorded.Done());
  absl::StatusOr<RecordReceiptsResponse> response = co_await recorded;
  co_return response;
}

// Lets the shard forget what was journaled at or below its applied revision.
Task<void> ForgetDone(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  std::int64_t seq = 0, revision = 0;
  std::size_t count = 0;
  for (const auto& [entry_seq, entry_revision] : runtime.to_forget) {
    if (entry_revision > runtime.applied) break;
    seq = entry_seq;
    revision = std::max(revision, entry_revision);
    ++count;
  }
  if (count == 0 || runtime.phase != ShardPhase::kLive) co_return;
  Async<ShardResult> forgotten;
  core.schedule.Forget(shard, runtime.seen, seq, revision, forgotten.Done());
  ShardResult result = co_await forgotten;
  if (!Absorb(core, shard, result.status, result.seq)) co_return;
  // The queue may have been emptied by a rebuild meanwhile.
  while (!runtime.to_forget.empty() && runtime.to_forget.front().first <= seq) {
    runtime.to_forget.pop_front();
  }
}

// Journals what a batch holds that the journal does not have; its revision, or the world's.
Task<absl::StatusOr<std::int64_t>> JournalBatch(Core& core, int shard, const ForwardResult& batch) {
  RecordReceiptsRequest request;
  for (const StreamEntry& entry : batch.entries) {
    registry::v1::ReceiptsRecorded recorded;
    if (!recorded.ParseFromString(entry.receipts)) continue;
    for (registry::v1::Receipt& receipt : *recorded.mutable_receipts()) {
      const bool journaled =
          core.world.HasReceipt(receipt) && !core.world.unjournaled().contains(receipt.id());
      if (!journaled) *request.add_receipts() = std::move(receipt);
    }
  }
  if (request.receipts().empty()) co_return core.world.revision();
  request.mutable_position()->set_shard(shard);
  request.mutable_position()->set_epoch(batch.epoch);
  request.mutable_position()->set_stream_id(batch.entries.back().id);
  auto record = Record(core, std::move(request));
  absl::StatusOr<RecordReceiptsResponse> response = co_await record;
  if (!response.ok()) co_return response.status();
  co_return response->revision();
}

}  // namespace

Task<bool> ForwardShard(Core& core, int shard) {
  ShardRuntime& runtime = core.shards[shard];
  runtime.forwarding = true;
  runtime.stream_grew = false;
  bool all = true;
  for (bool more = true; more;) {
    Async<ForwardResult> read;
    core.schedule.Forward(shard, runtime.forwarded, kBatch, read.Done());
    ForwardResult batch = co_await read;
    // What the stream of a lost head still holds is read all the same.
    if (batch.status == ScheduleStatus::kUnavailable) all = false;
    if (batch.entries.empty()) break;
    auto journal = JournalBatch(core, shard, batch);
    absl::StatusOr<std::int64_t> revision = co_await journal;
    if (!revision.ok()) {
      all = false;
      break;
    }
    runtime.forwarded = batch.entries.back().id;
    runtime.to_forget.push_back({batch.entries.back().seq, *revision});
    more = static_cast<int>(batch.entries.size()) == kBatch;
  }
  auto forget = ForgetDone(core, shard);
  co_await forget;
  runtime.next_forward = core.Wall() + absl::Seconds(1);
  runtime.forwarding = false;
  co_return all;
}

Task<void> RecordHomeless(Core& core) {
  if (core.homeless.empty() || core.recording_homeless) co_return;
  core.recording_homeless = true;
  const std::size_t count = core.homeless.size();
  RecordReceiptsRequest request;
  for (const registry::v1::Receipt& receipt : core.homeless) *request.add_receipts() = receipt;
  auto record = Record(core, std::move(request));
  absl::StatusOr<RecordReceiptsResponse> response = co_await record;
  // Once journaled they come back by the feed; more may have come behind them meanwhile.
  if (response.ok()) core.homeless.erase(core.homeless.begin(), core.homeless.begin() + count);
  core.recording_homeless = false;
}

Task<absl::StatusOr<std::int64_t>> PresentRevision(Core& core) {
  RecordReceiptsRequest nothing;
  auto record = Record(core, std::move(nothing));
  absl::StatusOr<RecordReceiptsResponse> response = co_await record;
  if (!response.ok()) co_return response.status();
  co_return response->revision();
}

}  // namespace vigil::alert
