#include "alert-svc/schedule/shard_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "alert-svc/schedule/library.h"

namespace vigil::alert::calls {
namespace {

constexpr const char* kKeys[] = {"head", "due",    "lease",    "fence",
                                 "done", "sealed", "receipts", "passing"};
constexpr size_t kOpsPerCall = kMaxItemsPerCall;
constexpr size_t kWordsOfComplete = 6;  // before its members and ops

std::string Ms(absl::Time time) { return fmt::format("{}", absl::ToUnixMillis(time)); }
std::string Ms(absl::Duration span) { return fmt::format("{}", absl::ToInt64Milliseconds(span)); }
std::string Int(int64_t value) { return fmt::format("{}", value); }

void Append(RedisCommand& command, const Op& op) {
  command.push_back(op.member.Pack());
  command.push_back(op.due.has_value() ? Ms(*op.due) : "");
}

int64_t ParseInt(std::string_view text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

const redisReply* Element(const redisReply& reply, size_t index) {
  return reply.type == REDIS_REPLY_ARRAY && index < reply.elements ? reply.element[index] : nullptr;
}

int64_t IntAt(const redisReply& reply, size_t index) {
  const redisReply* element = Element(reply, index);
  return element == nullptr ? 0 : ToInt(*element);
}

std::string TextAt(const redisReply& reply, size_t index) {
  const redisReply* element = Element(reply, index);
  return element == nullptr ? "" : std::string(Text(*element));
}

// Status, seq and applied: the first three elements of every reply of ours.
template <class Result>
Result Start(const redisReply& reply) {
  Result result;
  result.status = StatusOf(reply);
  result.seq = IntAt(reply, 1);
  return result;
}

// A value of a stream entry's list of names and values.
std::string Field(const redisReply& fields, std::string_view name) {
  for (size_t i = 0; i + 1 < fields.elements; i += 2) {
    if (TextAt(fields, i) == name) return TextAt(fields, i + 1);
  }
  return "";
}

BreakerHold ToHold(const redisReply& reply) {
  BreakerHold hold;
  const int64_t why = IntAt(reply, 10);
  if (why != 1 && why != 2) return hold;
  hold.why = why == 1 ? BreakerHold::Why::kTooMany : BreakerHold::Why::kClockJumped;
  hold.since = absl::FromUnixMillis(IntAt(reply, 11));
  hold.due = IntAt(reply, 12);
  hold.allowed = IntAt(reply, 13);
  return hold;
}

}  // namespace

std::string Key(int shard, std::string_view name) { return fmt::format("{{s{}}}:{}", shard, name); }

RedisCommand Call(std::string_view function, int shard, const std::string& run_id,
                  std::vector<std::string> args) {
  RedisCommand command = {"FCALL", ScheduleLibrary().Function(function), Int(std::size(kKeys))};
  for (const char* name : kKeys) command.push_back(Key(shard, name));
  command.push_back(run_id);
  for (std::string& arg : args) command.push_back(std::move(arg));
  return command;
}

std::vector<RedisCommand> Apply(const ApplyRequest& request, const std::string& run_id) {
  std::vector<RedisCommand> commands;
  size_t next = 0;
  do {
    const size_t end = std::min(next + kOpsPerCall, request.ops.size());
    const bool last = end == request.ops.size();
    RedisCommand command =
        Call("apply", request.shard, run_id,
             {request.seen.epoch, Int(request.seen.seq), Int(request.from), Int(request.to),
              request.chain_hash, request.plan_version, last ? "1" : "0"});
    for (; next < end; ++next) Append(command, request.ops[next]);
    commands.push_back(std::move(command));
  } while (next < request.ops.size());
  return commands;
}

std::vector<RedisCommand> Claim(const ClaimRequest& request, const std::string& run_id,
                                bool leases_may_end) {
  return {Call("claim", request.shard, run_id,
               {request.seen.epoch, Int(request.seen.seq), Ms(request.wall), Ms(request.due_until),
                Int(request.limit), Ms(request.lease), leases_may_end ? "1" : "0",
                Int(request.allowed), request.clock_jumped ? "1" : "0", request.passing})};
}

std::vector<RedisCommand> Renew(const RenewRequest& request, const std::string& run_id) {
  RedisCommand command = Call("renew", request.shard, run_id,
                              {request.seen.epoch, Int(request.seen.seq), Ms(request.wall),
                               Ms(request.lease), Int(request.fence)});
  for (const Member& member : request.members) command.push_back(member.Pack());
  return {std::move(command)};
}

std::vector<RedisCommand> Seal(const SealRequest& request, const std::string& run_id) {
  RedisCommand command =
      Call("seal", request.shard, run_id,
           {request.seen.epoch, Int(request.seen.seq), Int(request.fence), request.digest.Pack()});
  for (const Member& member : request.items) command.push_back(member.Pack());
  return {std::move(command)};
}

RedisCommand Complete(std::span<CompleteRequest> requests, const std::string& run_id) {
  int64_t seq = 0;
  size_t words = 0;
  for (const CompleteRequest& request : requests) {
    seq = std::max(seq, request.seen.seq);
    words += kWordsOfComplete + request.done.size() + 2 * (request.also.size() + 1);
  }
  RedisCommand command =
      Call("complete", requests.front().shard, run_id, {requests.front().seen.epoch, Int(seq)});
  command.reserve(command.size() + words);
  for (CompleteRequest& request : requests) {
    const size_t ops = request.also.size() + (request.next.has_value() ? 1 : 0);
    command.push_back(Int(request.fence));
    command.push_back(request.member.Pack());
    command.push_back(std::move(request.receipts));
    const auto own = std::find(request.done.begin(), request.done.end(), request.member);
    const bool is_done = own != request.done.end();
    command.push_back(is_done ? "1" : "0");
    command.push_back(Int(static_cast<int64_t>(request.done.size()) - (is_done ? 1 : 0)));
    command.push_back(Int(static_cast<int64_t>(2 * ops)));
    for (auto it = request.done.begin(); it != request.done.end(); ++it) {
      if (it != own) command.push_back(it->Pack());
    }
    if (request.next.has_value()) Append(command, *request.next);
    for (const Op& op : request.also) Append(command, op);
  }
  return command;
}

std::vector<RedisCommand> RebuildBegin(const BeginRequest& request, const std::string& run_id) {
  return {Call("rebuild_begin", request.shard, run_id,
               {request.lost.epoch, Int(request.lost.seq), Ms(request.wall), request.epoch,
                Ms(request.build_lease), request.foreign ? "1" : "0"})};
}

std::vector<RedisCommand> RebuildWrite(int shard, const std::string& epoch,
                                       const std::vector<Op>& ops, const std::string& run_id) {
  std::vector<RedisCommand> commands;
  size_t next = 0;
  do {
    RedisCommand command = Call("rebuild_write", shard, run_id, {epoch, "0"});
    const size_t end = std::min(next + kOpsPerCall, ops.size());
    for (; next < end; ++next) Append(command, ops[next]);
    commands.push_back(std::move(command));
  } while (next < ops.size());
  return commands;
}

std::vector<RedisCommand> RebuildOpen(const OpenRequest& request, const std::string& run_id) {
  return {
      Call("rebuild_open", request.shard, run_id,
           {request.epoch, "0", Int(request.applied), request.chain_hash, request.plan_version})};
}

std::vector<RedisCommand> Heads(int first, int last, bool leases_may_end) {
  std::vector<RedisCommand> commands;
  for (int shard = first; shard <= last; ++shard) {
    RedisCommand command = Call("head", shard, leases_may_end ? "1" : "0", {});
    command.front() = "FCALL_RO";
    commands.push_back(std::move(command));
  }
  return commands;
}

std::vector<RedisCommand> Forward(int shard, const std::string& after, int limit) {
  return {{"HGET", Key(shard, "head"), "epoch"},
          {"XRANGE", Key(shard, "receipts"), after.empty() ? "-" : "(" + after, "+", "COUNT",
           Int(limit)}};
}

ScheduleStatus StatusOf(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) {
    const std::string_view error = Text(reply);
    if (error.starts_with("ERR Function not found")) return ScheduleStatus::kLost;
    if (error.starts_with("OOM")) return ScheduleStatus::kRefused;
    return ScheduleStatus::kUnavailable;
  }
  const std::string code = TextAt(reply, 0);
  if (code == "OK") return ScheduleStatus::kOk;
  if (code == "LOST") return ScheduleStatus::kLost;
  if (code == "ROLLED_BACK") return ScheduleStatus::kRolledBack;
  if (code == "STALE") return ScheduleStatus::kStale;
  if (code == "REFUSED") return ScheduleStatus::kRefused;
  return ScheduleStatus::kUnavailable;
}

ShardResult ToShardResult(const std::vector<ReplyPtr>& replies) {
  ShardResult result;
  for (const ReplyPtr& reply : replies) {
    result = Start<ShardResult>(*reply);
    result.applied = IntAt(*reply, 2);
    result.closed = absl::Milliseconds(IntAt(*reply, 3));
    if (result.status != ScheduleStatus::kOk) break;
  }
  return result;
}

ClaimResult ToClaimResult(const redisReply& reply) {
  ClaimResult result = Start<ClaimResult>(reply);
  result.applied = IntAt(reply, 2);
  if (result.status != ScheduleStatus::kOk) return result;
  result.fence = IntAt(reply, 3);
  const auto taken_over = static_cast<size_t>(std::max<int64_t>(IntAt(reply, 4), 0));
  for (size_t i = 5; i + 1 < reply.elements; i += 2) {
    // What is no member of this version is a newer replica's; its lease brings it back to that one.
    absl::StatusOr<Member> member = Member::Unpack(Text(*reply.element[i]));
    if (!member.ok()) continue;
    result.claimed.push_back(
        {*member, absl::FromUnixMillis(IntAt(reply, i + 1)), (i - 5) / 2 < taken_over});
  }
  return result;
}

std::vector<ShardResult> ToCompleteResults(const redisReply& reply, size_t count) {
  ShardResult all = Start<ShardResult>(reply);
  all.applied = IntAt(reply, 2);
  std::vector<ShardResult> results(count, all);
  if (all.status != ScheduleStatus::kOk) return results;
  for (size_t i = 0; i < count; ++i) {
    if (IntAt(reply, 3 + i) != 1) results[i].status = ScheduleStatus::kStale;
  }
  return results;
}

RenewResult ToRenewResult(const redisReply& reply) {
  RenewResult result = Start<RenewResult>(reply);
  if (result.status != ScheduleStatus::kOk) return result;
  for (size_t i = 3; i < reply.elements; ++i) {
    absl::StatusOr<Member> member = Member::Unpack(Text(*reply.element[i]));
    if (member.ok()) result.lost.push_back(*member);
  }
  return result;
}

SealResult ToSealResult(const redisReply& reply) {
  SealResult result = Start<SealResult>(reply);
  if (result.status != ScheduleStatus::kOk) return result;
  const std::string held = TextAt(reply, 3);
  for (size_t at = 0; at + Member::kSize <= held.size(); at += Member::kSize) {
    absl::StatusOr<Member> member =
        Member::Unpack(std::string_view(held).substr(at, Member::kSize));
    if (member.ok()) result.items.push_back(*member);
  }
  return result;
}

bool IsReplica(const redisReply& role) { return TextAt(role, 0) == "slave"; }

Head ToHead(const redisReply& reply, absl::Time now) {
  Head head;
  const std::string state = TextAt(reply, 0);
  if (state != "LIVE" && state != "REBUILDING") return head;
  head.state = state == "LIVE" ? ShardState::kLive : ShardState::kRebuilding;
  head.epoch = TextAt(reply, 1);
  head.seq = IntAt(reply, 2);
  head.applied = IntAt(reply, 3);
  head.chain_hash = TextAt(reply, 4);
  head.plan_version = TextAt(reply, 5);
  head.run_id = TextAt(reply, 6);
  const std::string due = TextAt(reply, 7);
  if (due == "0") {
    head.next_due = now;
  } else if (!due.empty()) {
    head.next_due = absl::FromUnixMillis(ParseInt(due));
  }
  head.pending = IntAt(reply, 8);
  head.leased = IntAt(reply, 9);
  head.hold = ToHold(reply);
  return head;
}

ForwardResult ToForwardResult(const std::vector<ReplyPtr>& replies) {
  ForwardResult result;
  const redisReply& entries = *replies[1];
  if (entries.type != REDIS_REPLY_ARRAY) {
    result.status = ScheduleStatus::kUnavailable;
    return result;
  }
  result.status = ScheduleStatus::kOk;
  result.epoch = Text(*replies[0]);
  for (size_t i = 0; i < entries.elements; ++i) {
    const redisReply* fields = Element(*entries.element[i], 1);
    if (fields == nullptr) continue;
    result.entries.push_back({TextAt(*entries.element[i], 0), Field(*fields, "e"),
                              ParseInt(Field(*fields, "s")), Field(*fields, "r")});
  }
  return result;
}

int64_t ToInt(const redisReply& reply) {
  return reply.type == REDIS_REPLY_INTEGER ? reply.integer : ParseInt(Text(reply));
}

}  // namespace vigil::alert::calls
