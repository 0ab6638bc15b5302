#include "tests/simulation/sim_schedule.h"

#include <algorithm>
#include <utility>

namespace vigil::alert::sim {

void SimSchedule::Heads(Done<HeadsResult> done) {
  executor_.Begins(Wait::kHeads);
  const bool may_end = continuity_.LeasesMayEnd();
  Run<HeadsResult>([&r = redis_, may_end] { return r.Heads(may_end); }, std::move(done));
}

void SimSchedule::Apply(ApplyRequest request, Done<ShardResult> done) {
  executor_.Begins(Wait::kApply, request.shard);
  absl::Time* const arrived = Arrived(request.shard);
  Run<ShardResult>([&r = redis_, request = std::move(request)] { return r.Apply(request); },
                   std::move(done), arrived);
}

void SimSchedule::Claim(ClaimRequest request, Done<ClaimResult> done) {
  executor_.Begins(Wait::kClaim, request.shard);
  const bool may_end = continuity_.LeasesMayEnd();
  auto claim = [this, request = std::move(request), may_end] {
    ClaimResult result = redis_.Claim(request, may_end);
    const bool any = std::any_of(result.claimed.begin(), result.claimed.end(),
                                 [](const Claimed& one) { return one.taken_over; });
    if (any && on_take_over) on_take_over();
    return result;
  };
  Run<ClaimResult>(std::move(claim), std::move(done));
}

void SimSchedule::Release(int shard, Seen seen, absl::Time due_until, Done<ShardResult> done) {
  executor_.Begins(Wait::kRelease, shard);
  Run<ShardResult>(
      [&r = redis_, shard, seen, due_until] { return r.Release(shard, seen, due_until); },
      std::move(done));
}

void SimSchedule::Renew(RenewRequest request, Done<RenewResult> done) {
  executor_.Begins(Wait::kRenew, request.shard);
  Run<RenewResult>([&r = redis_, request = std::move(request)] { return r.Renew(request); },
                   std::move(done));
}

void SimSchedule::Seal(SealRequest request, Done<SealResult> done) {
  executor_.Begins(Wait::kSeal, request.shard);
  Run<SealResult>([&r = redis_, request = std::move(request)] { return r.Seal(request); },
                  std::move(done));
}

void SimSchedule::Complete(CompleteRequest request, Done<ShardResult> done) {
  executor_.Begins(Wait::kComplete, request.shard);
  absl::Time* const arrived = Arrived(request.shard);
  Run<ShardResult>([&r = redis_, request = std::move(request)] { return r.Complete(request); },
                   std::move(done), arrived);
}

void SimSchedule::Forward(int shard, std::string after, int limit, Done<ForwardResult> done) {
  executor_.Begins(Wait::kForward, shard);
  Run<ForwardResult>([&r = redis_, shard, after, limit] { return r.Forward(shard, after, limit); },
                     std::move(done));
}

void SimSchedule::Forget(int shard, Seen seen, std::int64_t up_to_seq, std::int64_t revision,
                         Done<ShardResult> done) {
  executor_.Begins(Wait::kForget, shard);
  Run<ShardResult>([&r = redis_, shard, seen, up_to_seq, revision,
                    by = replica_] { return r.Forget(shard, seen, up_to_seq, revision, by); },
                   std::move(done));
}

void SimSchedule::Trim(int shard, Seen seen, absl::Time, Done<ShardResult> done) {
  executor_.Begins(Wait::kTrim, shard);
  Run<ShardResult>([&r = redis_, shard, seen] { return r.Trim(shard, seen); }, std::move(done));
}

void SimSchedule::List(int shard, Done<ListResult> done) {
  executor_.Begins(Wait::kList, shard);
  Run<ListResult>([&r = redis_, shard] { return r.List(shard); }, std::move(done));
}

void SimSchedule::RebuildBegin(BeginRequest request, Done<ShardResult> done) {
  executor_.Begins(Wait::kRebuildBegin, request.shard);
  Run<ShardResult>([&r = redis_, request = std::move(request)] { return r.RebuildBegin(request); },
                   std::move(done));
}

void SimSchedule::RebuildWrite(int shard, std::string epoch, std::vector<Op> ops,
                               Done<ShardResult> done) {
  executor_.Begins(Wait::kRebuildWrite, shard);
  Run<ShardResult>([&r = redis_, shard, epoch,
                    ops = std::move(ops)] { return r.RebuildWrite(shard, epoch, ops); },
                   std::move(done));
}

void SimSchedule::RebuildOpen(OpenRequest request, Done<ShardResult> done) {
  executor_.Begins(Wait::kRebuildOpen, request.shard);
  Run<ShardResult>([&r = redis_, request = std::move(request)] { return r.RebuildOpen(request); },
                   std::move(done));
}

}  // namespace vigil::alert::sim
