#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/simulation/redis_model.h"

// How claims end: with receipts.
namespace vigil::alert::sim {

void RedisModel::Append(int shard, const std::string& receipts) {
  const Head& head = shards_[shard].head;
  shards_[shard].stream.push_back(
      {fmt::format("{:012}", ++last_stream_), head.epoch, head.seq, receipts});
}

std::vector<ShardResult> RedisModel::Complete(std::span<const CompleteRequest> requests) {
  Shard& shard = Change(requests.front().shard);
  Head& head = shard.head;
  Seen seen = requests.front().seen;
  for (const CompleteRequest& request : requests) seen.seq = std::max(seen.seq, request.seen.seq);
  const ScheduleStatus status = Check(shard, seen, false);
  std::vector<ShardResult> results(requests.size(), {status, head.seq, head.applied});
  if (status != ScheduleStatus::kOk) return results;
  Ending ending{head.seq + 1};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!End(shard, requests[i], &ending)) results[i].status = ScheduleStatus::kStale;
  }
  for (ShardResult& result : results) result.seq = head.seq;
  return results;
}

// One of those that end together; false where it is not under its fence.
bool RedisModel::End(Shard& shard, const CompleteRequest& request, Ending* together) {
  const std::string identity = request.member.Identity();
  auto lease = shard.leases.find(identity);
  if (lease == shard.leases.end() || (!bugs.no_fence && lease->second.fence != request.fence)) {
    return false;
  }
  shard.leases.erase(lease);
  ++lease_calls_;
  shard.head.seq = together->seq;
  if (!request.receipts.empty()) {
    if (!std::exchange(together->has_entry, true)) Append(request.shard, "");
    shard.stream.back().receipts += request.receipts;
    if (on_receipts) on_receipts(request.receipts);
  }
  for (const Member& done : request.done) {
    shard.done[done.Identity()] = shard.head.seq;
    Unset(shard, done.Identity());
    shard.sealed.erase(done.Identity());
  }
  if (request.next) Set(shard, *request.next);
  for (const Op& op : request.also) Set(shard, op);
  return true;
}

}  // namespace vigil::alert::sim
