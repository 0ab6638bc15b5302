#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alert-svc/engine/schedule.h"
#include "alert-svc/schedule/connection.h"

// The calls of the schedule as commands of Redis, and its replies as results. Pure: no connection,
// no clock. The other half of each call is in vigil.lua.
namespace vigil::alert::calls {

// One FCALL; `args` after the run id.
RedisCommand Call(std::string_view function, int shard, const std::string& run_id,
                  std::vector<std::string> args);
// The commands of a whole Apply: as many parts as its ops need, the last one moves the head.
std::vector<RedisCommand> Apply(const ApplyRequest& request, const std::string& run_id);
std::vector<RedisCommand> Claim(const ClaimRequest& request, const std::string& run_id,
                                bool leases_may_end);
std::vector<RedisCommand> Renew(const RenewRequest& request, const std::string& run_id);
std::vector<RedisCommand> Seal(const SealRequest& request, const std::string& run_id);
// One call for several completes of a shard that have seen the same epoch. Their receipts are moved
// into it.
RedisCommand Complete(std::span<CompleteRequest> requests, const std::string& run_id);
std::vector<RedisCommand> RebuildBegin(const BeginRequest& request, const std::string& run_id);
std::vector<RedisCommand> RebuildWrite(int shard, const std::string& epoch,
                                       const std::vector<Op>& ops, const std::string& run_id);
std::vector<RedisCommand> RebuildOpen(const OpenRequest& request, const std::string& run_id);
// Reads the heads of the shards from `first` to `last`, one command each.
std::vector<RedisCommand> Heads(int first, int last, bool leases_may_end);
std::vector<RedisCommand> Forward(int shard, const std::string& after, int limit);

// "{s7}:due"
std::string Key(int shard, std::string_view name);

// How the call ended: by the first element of a reply of ours, or by the error of Redis.
ScheduleStatus StatusOf(const redisReply& reply);
// Of several parts: the first that is not OK decides, else the last.
ShardResult ToShardResult(const std::vector<ReplyPtr>& replies);
ClaimResult ToClaimResult(const redisReply& reply);
// Of each of the `count` completes of a call.
std::vector<ShardResult> ToCompleteResults(const redisReply& reply, size_t count);
RenewResult ToRenewResult(const redisReply& reply);
SealResult ToSealResult(const redisReply& reply);
// `now` stands for a lease that has run out. A head that cannot be read is kMissing.
Head ToHead(const redisReply& reply, absl::Time now);
// The replies of Forward's commands.
ForwardResult ToForwardResult(const std::vector<ReplyPtr>& replies);

// Whether the answer to ROLE is a replica's.
bool IsReplica(const redisReply& role);

int64_t ToInt(const redisReply& reply);

}  // namespace vigil::alert::calls
