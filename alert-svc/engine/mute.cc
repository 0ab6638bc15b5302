#include "alert-svc/engine/mute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

using registry::v1::RecordReceiptsRequest;
using registry::v1::RecordReceiptsResponse;

constexpr int kAtOnce = 500;  // receipts of one request
// Wall, between two requests.
constexpr absl::Duration kBreath = absl::Milliseconds(100);
constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kFollowWait = absl::Seconds(5);
// The last in a shard's order of replicas waits for so many milliseconds.
constexpr int kLastTurn = 2000;

// How long this replica leaves a shard to others. Drawn once: no replica knows of the others.
absl::Duration TurnOf(Core& core, int shard) {
  if (core.muting.replica.empty()) core.muting.replica = core.options.draw_epoch();
  return absl::Milliseconds(ShardOf(fmt::format("{}/{}", core.muting.replica, shard), kLastTurn));
}

// Notes since when something is held back in each shard that the journal does not say.
void NoteHeld(Core& core) {
  for (int shard = 0; shard < kShardCount; ++shard) {
    auto& since = core.muting.since[shard];
    if (core.planner.mute_watch().ReceiptsOf(shard).empty()) {
      since.reset();
    } else if (!since) {
      since = core.Mono();
    }
  }
}

// The shards of which this replica is to tell now, in its order.
std::vector<int> ShardsInTurn(Core& core) {
  std::vector<std::pair<absl::Duration, int>> turns;
  for (int shard = 0; shard < kShardCount; ++shard) {
    const auto& since = core.muting.since[shard];
    if (!since) continue;
    const absl::Duration turn = TurnOf(core, shard);
    if (core.Mono() >= *since + turn) turns.emplace_back(turn, shard);
  }
  std::sort(turns.begin(), turns.end());
  std::vector<int> shards;
  for (const auto& [turn, shard] : turns) shards.push_back(shard);
  return shards;
}

// The next receipts, and the shards that they are of.
struct Told {
  RecordReceiptsRequest request;
  std::vector<std::pair<int, std::string>> ids;  // with the shard of each
};

// Drops what the journal has by now, of another replica most of the time.
Told NextTold(Core& core) {
  Told told;
  MuteWatch& watch = core.planner.mute_watch();
  for (const int shard : ShardsInTurn(core)) {
    const MuteWatch::Receipts& receipts = watch.ReceiptsOf(shard);
    for (auto it = receipts.begin(); it != receipts.end();) {
      if (told.request.receipts_size() == kAtOnce) return told;
      const auto& [id, receipt] = *it++;
      if (core.world.HasReceipt(receipt)) {
        watch.Drop(shard, std::string(id));
        continue;
      }
      *told.request.add_receipts() = receipt;
      told.ids.emplace_back(shard, id);
    }
  }
  return told;
}

// False where the registry does not take them.
Task<bool> Record(Core& core, Told told) {
  const std::int64_t life = core.world.life();
  Async<absl::StatusOr<RecordReceiptsResponse>> recorded;
  core.feed.RecordReceipts(std::move(told.request), recorded.Done());
  absl::StatusOr<RecordReceiptsResponse> response = co_await recorded;
  if (!response.ok()) co_return false;
  auto follow = AwaitRevision(core, response->revision(), kFollowWait);
  co_await follow;
  if (core.world.life() != life) co_return true;
  // Also what the feed does not bring: its case may have gone meanwhile.
  for (const auto& [shard, id] : told.ids) core.planner.mute_watch().Drop(shard, id);
  co_return true;
}

Task<void> Tell(Core& core) {
  core.muting.telling = true;
  while (core.registry_up) {
    Told told = NextTold(core);
    if (told.ids.empty()) break;
    auto record = Record(core, std::move(told));
    const bool recorded = co_await record;
    if (!recorded) {
      core.muting.rest = core.Mono() + kRetry;
      break;
    }
    auto nap = Sleep(core.executor, kBreath);
    co_await nap;
  }
  core.muting.telling = false;
}

}  // namespace

void Mute(Core& core) {
  if (!core.world.loaded()) return;
  MuteWatch& watch = core.planner.mute_watch();
  const std::vector<std::string> due = watch.TakeDue(core.Now());
  for (const std::string& case_name : due) core.world.MarkDirty(case_name);
  if (!due.empty()) Replan(core);
  NoteHeld(core);
  if (!core.registry_up || core.muting.telling || core.Mono() < core.muting.rest) return;
  if (!ShardsInTurn(core).empty()) core.scope.Spawn(Tell(core));
}

}  // namespace vigil::alert
