#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/simulation/redis_model.h"

// What claims end with: receipts, and what is done.
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

ForwardResult RedisModel::Forward(int shard, const std::string& after, int limit) const {
  ForwardResult result;
  if (mood_ == Mood::kBusy || streams_away_) return result;
  result.status = ScheduleStatus::kOk;
  result.epoch = shards_[shard].head.epoch;
  const std::deque<StreamEntry>& stream = shards_[shard].stream;
  auto next = std::partition_point(stream.begin(), stream.end(),
                                   [&](const StreamEntry& entry) { return entry.id <= after; });
  for (; next != stream.end() && static_cast<int>(result.entries.size()) < limit; ++next) {
    result.entries.push_back(*next);
  }
  return result;
}

ShardResult RedisModel::Forget(int index, const Seen& seen, std::int64_t up_to_seq,
                               std::int64_t revision) {
  Shard& shard = Change(index);
  Head& head = shard.head;
  if (auto status = Check(shard, seen, false); status != ScheduleStatus::kOk) {
    return {status, head.seq, head.applied};
  }
  if (head.applied < revision) return {ScheduleStatus::kStale, head.seq, head.applied};
  if (up_to_seq > head.seq) ++bad_forgets_;
  std::erase_if(shard.done, [&](const auto& entry) { return entry.second <= up_to_seq; });
  return {ScheduleStatus::kOk, ++head.seq, head.applied};
}

ShardResult RedisModel::Trim(int index, const Seen& seen) {
  Shard& shard = Change(index);
  Head& head = shard.head;
  const ScheduleStatus status = Check(shard, seen, false);
  if (status == ScheduleStatus::kOk) ++head.seq;
  return {status, head.seq, head.applied};
}

}  // namespace vigil::alert::sim
