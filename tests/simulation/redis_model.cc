#include "tests/simulation/redis_model.h"

#include <algorithm>
#include <set>
#include <utility>

namespace vigil::alert::sim {

RedisModel::Shard& RedisModel::Change(int index) {
  Shard& shard = shards_[index];
  shard.told.reset();
  return shard;
}

ScheduleStatus RedisModel::Refusal(bool grows) const {
  if (mood_ != Mood::kWell && mood_ != Mood::kFull) return ScheduleStatus::kUnavailable;
  return mood_ == Mood::kFull && grows ? ScheduleStatus::kRefused : ScheduleStatus::kOk;
}

ScheduleStatus RedisModel::Check(const Shard& shard, const Seen& seen, bool grows) const {
  if (auto refusal = Refusal(grows); refusal != ScheduleStatus::kOk) return refusal;
  if (!IsOpen(shard)) return ScheduleStatus::kLost;
  if (shard.head.epoch != seen.epoch) {
    return bugs.no_epoch ? ScheduleStatus::kOk : ScheduleStatus::kLost;
  }
  return shard.head.seq < seen.seq ? ScheduleStatus::kRolledBack : ScheduleStatus::kOk;
}

ScheduleStatus RedisModel::CheckRebuild(const Shard& shard, const std::string& epoch) const {
  if (auto refusal = Refusal(true); refusal != ScheduleStatus::kOk) return refusal;
  if (shard.head.run_id != run_id_) return ScheduleStatus::kLost;
  const bool ours = shard.head.epoch == epoch || bugs.no_epoch;
  return shard.head.state == ShardState::kRebuilding && ours ? ScheduleStatus::kOk
                                                             : ScheduleStatus::kStale;
}

bool RedisModel::IsOff(absl::Time wall) const {
  return absl::AbsDuration(wall - queue_.wall()) > absl::Seconds(2);
}

void RedisModel::Unset(Shard& shard, const std::string& identity) {
  auto it = shard.due.find(identity);
  if (it == shard.due.end()) return;
  shard.order.erase({it->second.second, identity});
  shard.due.erase(it);
}

void RedisModel::Set(Shard& shard, const Op& op) const {
  const std::string identity = op.member.Identity();
  if (shard.leases.contains(identity)) return;
  if (bugs.lose_sets && op.due && queue_.Happens(0.3)) return;
  if (op.due && !bugs.no_done && shard.done.contains(identity)) return;
  Unset(shard, identity);
  if (on_set) on_set(op);
  if (!op.due) return;
  shard.due[identity] = {op.member, *op.due};
  shard.order.emplace(*op.due, identity);
}

Head RedisModel::HeadOf(const Shard& shard) const {
  Head head = shard.head;
  head.pending = static_cast<std::int64_t>(shard.due.size());
  head.leased = static_cast<std::int64_t>(shard.leases.size());
  if (!shard.order.empty()) head.next_due = shard.order.begin()->first;
  return head;
}

bool RedisModel::HasEndedLease(const Shard& shard) const {
  return std::any_of(shard.leases.begin(), shard.leases.end(),
                     [this](const auto& entry) { return entry.second.ends <= queue_.wall(); });
}

HeadsResult RedisModel::Heads(bool leases_may_end) {
  HeadsResult result;
  if (mood_ == Mood::kBusy || mood_ == Mood::kReplica) return result;
  result.status = ScheduleStatus::kOk;
  result.heads.reserve(kShardCount);
  result.server_run_id = run_id_;
  for (Shard& shard : shards_) {
    if (!shard.told) shard.told = std::make_shared<const Head>(HeadOf(shard));
    result.heads.push_back(shard.told);
    if (!leases_may_end || !HasEndedLease(shard)) continue;
    Head head = *shard.told;
    head.next_due = queue_.now();
    result.heads.back() = std::make_shared<const Head>(std::move(head));
  }
  return result;
}

// In so many calls do they go.
std::int64_t RedisModel::Calls(const std::vector<Op>& ops) {
  const auto count = static_cast<std::int64_t>(ops.size());
  return std::max<std::int64_t>(1, (count + kMaxItemsPerCall - 1) / kMaxItemsPerCall);
}

ShardResult RedisModel::Apply(const ApplyRequest& request) {
  Shard& shard = Change(request.shard);
  Head& head = shard.head;
  if (auto status = Check(shard, request.seen, true); status != ScheduleStatus::kOk) {
    return {status, head.seq, head.applied};
  }
  const bool repair = request.from == request.to && request.to == head.applied;
  if (!repair && !(request.from <= head.applied && head.applied < request.to)) {
    return {ScheduleStatus::kStale, head.seq, head.applied};
  }
  for (const Op& op : request.ops) Set(shard, op);
  head.applied = request.to;
  head.chain_hash = request.chain_hash;
  if (on_applied) on_applied(request.shard, request.to, request.chain_hash);
  head.plan_version = request.plan_version;
  return {ScheduleStatus::kOk, head.seq += Calls(request.ops), head.applied};
}

// Whether the breaker holds the shard, from now on where the request says so.
bool RedisModel::IsHeld(Shard& shard, const ClaimRequest& request) const {
  BreakerHold& hold = shard.head.hold;
  if (hold.why != BreakerHold::Why::kNone) return true;
  std::int64_t due = 0;
  for (const auto& [identity, entry] : shard.due) {
    due += entry.second > shard.released && entry.second <= request.due_until;
  }
  const bool too_many = request.allowed >= 0 && due > request.allowed;
  if (!too_many && !request.clock_jumped) return false;
  hold = {too_many ? BreakerHold::Why::kTooMany : BreakerHold::Why::kClockJumped, request.due_until,
          due, request.allowed};
  ++shard.head.seq;
  if (on_hold) on_hold(request.shard);
  return true;
}

ShardResult RedisModel::Release(int index, const Seen& seen, absl::Time due_until) {
  Shard& shard = Change(index);
  Head& head = shard.head;
  if (auto status = Check(shard, seen, true); status != ScheduleStatus::kOk) {
    return {status, head.seq, head.applied};
  }
  head.hold = BreakerHold();
  shard.released = due_until;
  if (on_release) on_release(index);
  return {ScheduleStatus::kOk, ++head.seq, head.applied};
}

ClaimResult RedisModel::Claim(const ClaimRequest& request, bool leases_may_end) {
  Shard& shard = Change(request.shard);
  ClaimResult result;
  result.status = Check(shard, request.seen, true);
  if (result.status != ScheduleStatus::kOk) return result;
  if (IsOff(request.wall)) {
    result.status = ScheduleStatus::kRefused;
    return result;
  }
  const std::int64_t fence = shard.fence + 1;
  const absl::Time wall = queue_.wall();
  const auto room = static_cast<std::size_t>(request.limit);
  for (auto& [identity, lease] : shard.leases) {
    if (!leases_may_end || result.claimed.size() >= room) break;
    // One that ends later than any given now was given before the time of day was set back.
    if (lease.ends > wall && lease.ends < wall + 2 * request.lease) continue;
    lease.ends = wall + request.lease;
    lease.fence = fence;
    result.claimed.push_back({lease.member, lease.due, true});
  }
  const bool held = result.claimed.size() < room && IsHeld(shard, request);
  for (auto next = shard.order.begin(); next != shard.order.end();) {
    const auto [due, identity] = *next++;
    if (due > request.due_until || result.claimed.size() >= room) break;
    const Member member = shard.due.at(identity).first;
    const char kind = static_cast<char>(member.kind);
    const bool passes = !bugs.hold_all && request.passing.find(kind) != std::string::npos;
    if (held && !passes) continue;
    Unset(shard, identity);
    shard.leases[identity] = {member, due, wall + request.lease, fence};
    result.claimed.push_back({member, due});
  }
  if (on_claim) {
    for (const Claimed& one : result.claimed) on_claim(one.member);
  }
  if (!result.claimed.empty()) {
    result.fence = shard.fence = fence;
    ++lease_calls_;
    ++shard.head.seq;
  }
  result.seq = shard.head.seq;
  result.applied = shard.head.applied;
  return result;
}

RenewResult RedisModel::Renew(const RenewRequest& request) {
  Shard& shard = Change(request.shard);
  RenewResult result;
  result.status = Check(shard, request.seen, false);
  if (result.status != ScheduleStatus::kOk) return result;
  if (IsOff(request.wall)) {
    result.status = ScheduleStatus::kRefused;
    return result;
  }
  ++lease_calls_;
  for (const Member& member : request.members) {
    auto it = shard.leases.find(member.Identity());
    if (it == shard.leases.end() || (!bugs.no_fence && it->second.fence != request.fence)) {
      result.lost.push_back(member);
    } else {
      it->second.ends = queue_.wall() + request.lease;
    }
  }
  result.seq = ++shard.head.seq;
  return result;
}

// Whether two identities begin with the same subscription and receiver.
bool RedisModel::HaveOneReader(const std::string& one, const std::string& other) {
  constexpr std::size_t kReader = 14;  // bytes of an identity
  return one.compare(0, kReader, other, 0, kReader) == 0;
}

// What other digests of the same reader hold that are on their way, or come again.
std::set<std::string> RedisModel::HeldByOthers(const Shard& shard, const std::string& digest) {
  std::set<std::string> held;
  for (const auto& [other, members] : shard.sealed) {
    if (other == digest || !HaveOneReader(other, digest)) continue;
    auto due = shard.due.find(other);
    const bool waits =
        due != shard.due.end() && due->second.first.Pack() == other + std::string(2, '\0');
    if (!waits && !shard.leases.contains(other)) continue;
    for (const Member& member : members) held.insert(member.Identity());
  }
  return held;
}

SealResult RedisModel::Seal(const SealRequest& request) {
  Shard& shard = Change(request.shard);
  SealResult result;
  result.status = Check(shard, request.seen, true);
  if (result.status != ScheduleStatus::kOk) return result;
  const std::string identity = request.digest.Identity();
  auto lease = shard.leases.find(identity);
  if (lease == shard.leases.end() || (!bugs.no_fence && lease->second.fence != request.fence)) {
    result.status = ScheduleStatus::kStale;
    result.seq = shard.head.seq;
    return result;
  }
  result.seq = ++shard.head.seq;
  if (auto sealed = shard.sealed.find(identity); sealed != shard.sealed.end()) {
    const bool is_own = sealed->second.front().Identity() == identity;
    if (!is_own || !HeldByOthers(shard, identity).contains(identity)) {
      result.items = sealed->second;
    }
    return result;
  }
  const std::set<std::string> others = HeldByOthers(shard, identity);
  bool any = false;  // beside what is its reader's own
  for (const Member& item : request.items) {
    const std::string id = item.Identity();
    if (others.contains(id) || (!bugs.no_done && shard.done.contains(id))) continue;
    result.items.push_back(item);
    any |= id == identity || !HaveOneReader(id, identity);
  }
  if (!any) result.items.clear();
  if (any) shard.sealed[identity] = result.items;
  return result;
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

bool RedisModel::IsForgettable(const Shard& shard, std::int64_t up_to_seq, int replica) const {
  const Head& head = shard.head;
  if (up_to_seq > head.seq) return false;
  if (!is_journaled) return true;
  return std::all_of(shard.stream.begin(), shard.stream.end(), [&](const StreamEntry& entry) {
    const bool own = entry.epoch == head.epoch && entry.seq > shard.forgotten;
    return !own || entry.seq > up_to_seq ||
           is_journaled(replica, entry.receipts, head.applied, head.chain_hash);
  });
}

ShardResult RedisModel::Forget(int index, const Seen& seen, std::int64_t up_to_seq,
                               std::int64_t revision, int replica) {
  Shard& shard = Change(index);
  Head& head = shard.head;
  if (auto status = Check(shard, seen, false); status != ScheduleStatus::kOk) {
    return {status, head.seq, head.applied};
  }
  if (head.applied < revision) return {ScheduleStatus::kStale, head.seq, head.applied};
  if (!IsForgettable(shard, up_to_seq, replica)) ++bad_forgets_;
  shard.forgotten = std::max(shard.forgotten, up_to_seq);
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

ListResult RedisModel::List(int index) const {
  const Shard& shard = shards_[index];
  ListResult result;
  if (mood_ == Mood::kBusy) return result;
  result.status = IsOpen(shard) ? ScheduleStatus::kOk : ScheduleStatus::kLost;
  result.head = HeadOf(shard);
  for (const auto& [identity, entry] : shard.due) {
    result.members.push_back({entry.first, entry.second, false});
  }
  for (const auto& [identity, lease] : shard.leases) {
    result.members.push_back({lease.member, lease.due, true});
  }
  return result;
}

ShardResult RedisModel::RebuildBegin(const BeginRequest& request) {
  Shard& shard = Change(request.shard);
  const Head& head = shard.head;
  if (auto refusal = Refusal(true); refusal != ScheduleStatus::kOk) return {refusal, 0, 0};
  if (IsOff(request.wall)) return {ScheduleStatus::kRefused, 0, 0};
  const bool live = IsOpen(shard);
  const bool behind =
      head.epoch == request.lost.epoch && (head.seq < request.lost.seq || request.foreign);
  // What was being rebuilt on another server will never be ended.
  const bool building = head.state == ShardState::kRebuilding && head.run_id == run_id_ &&
                        queue_.wall() < shard.build_ends;
  if ((live && !behind) || building) {
    return {ScheduleStatus::kStale, head.seq, head.applied};
  }
  const bool taken_over = head.state == ShardState::kRebuilding && head.run_id == run_id_;
  const absl::Time closed = taken_over ? shard.closed : queue_.wall();
  if (live) closed_[static_cast<std::size_t>(request.shard)] = queue_.wall();
  Shard fresh;
  fresh.closed = closed;
  fresh.stream = std::move(shard.stream);
  // As in the functions: greater than any of the life before, also of one that was wiped.
  fresh.fence = std::max(shard.fence + 1, absl::ToUnixMicros(queue_.wall()));
  fresh.build_lease = request.build_lease;
  fresh.build_ends = queue_.wall() + request.build_lease;
  fresh.head.state = ShardState::kRebuilding;
  fresh.head.epoch = request.epoch;
  fresh.head.run_id = run_id_;
  fresh.head.seq = 1;
  shard = std::move(fresh);
  return {ScheduleStatus::kOk, 1, 0, queue_.wall() - closed};
}

ShardResult RedisModel::RebuildWrite(int index, const std::string& epoch,
                                     const std::vector<Op>& ops) {
  Shard& shard = Change(index);
  if (auto status = CheckRebuild(shard, epoch); status != ScheduleStatus::kOk) {
    return {status, shard.head.seq, shard.head.applied};
  }
  for (const Op& op : ops) Set(shard, op);
  shard.build_ends = queue_.wall() + shard.build_lease;
  return {ScheduleStatus::kOk, shard.head.seq += Calls(ops), 0};
}

ShardResult RedisModel::RebuildOpen(const OpenRequest& request) {
  Shard& shard = Change(request.shard);
  if (auto status = CheckRebuild(shard, request.epoch); status != ScheduleStatus::kOk) {
    return {status, shard.head.seq, shard.head.applied};
  }
  shard.head.state = ShardState::kLive;
  if (on_open) {
    on_open(request.shard, queue_.wall() - closed_[static_cast<std::size_t>(request.shard)]);
  }
  shard.head.applied = request.applied;
  shard.head.chain_hash = request.chain_hash;
  if (on_applied) on_applied(request.shard, request.applied, request.chain_hash);
  shard.head.plan_version = request.plan_version;
  return {ScheduleStatus::kOk, ++shard.head.seq, request.applied};
}

}  // namespace vigil::alert::sim
