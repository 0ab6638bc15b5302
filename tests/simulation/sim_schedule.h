#pragma once

#include <array>
#include <functional>

#include "alert-svc/schedule/continuity.h"
#include "tests/simulation/network.h"
#include "tests/simulation/redis_model.h"

namespace vigil::alert::sim {

// A replica's client of the Redis model, over a link that fails.
class SimSchedule final : public Schedule {
 public:
  SimSchedule(Queue& queue, SimExecutor& executor, std::shared_ptr<Link> link, RedisModel& redis,
              int replica = 0)
      : queue_(queue),
        executor_(executor),
        link_(std::move(link)),
        redis_(redis),
        continuity_(executor.clock()),
        replica_(replica) {}

  // Told of each claim that takes over leases of others.
  std::function<void()> on_take_over;

  void Heads(Done<HeadsResult> done) override;
  void Apply(ApplyRequest request, Done<ShardResult> done) override;
  void Claim(ClaimRequest request, Done<ClaimResult> done) override;
  void Release(int shard, Seen seen, absl::Time due_until, Done<ShardResult> done) override;
  void Renew(RenewRequest request, Done<RenewResult> done) override;
  void Seal(SealRequest request, Done<SealResult> done) override;
  void Complete(CompleteRequest request, Done<ShardResult> done) override;
  void Forward(int shard, std::string after, int limit, Done<ForwardResult> done) override;
  void Forget(int shard, Seen seen, std::int64_t up_to_seq, std::int64_t revision,
              Done<ShardResult> done) override;
  void Trim(int shard, Seen seen, absl::Time before, Done<ShardResult> done) override;
  void List(int shard, Done<ListResult> done) override;
  void RebuildBegin(BeginRequest request, Done<ShardResult> done) override;
  void RebuildWrite(int shard, std::string epoch, std::vector<Op> ops,
                    Done<ShardResult> done) override;
  void RebuildOpen(OpenRequest request, Done<ShardResult> done) override;

 private:
  // `arrived`: when the last call arrives that it must not overtake.
  template <class Result, class Serve>
  void Run(Serve serve, Done<Result> done, absl::Time* arrived = nullptr) {
    const absl::Duration asked = executor_.clock().Monotonic();
    auto heard = [this, asked, done = std::move(done)](Result result) {
      if (result.status != ScheduleStatus::kUnavailable) continuity_.Heard(asked);
      done(std::move(result));
    };
    Call<Result>(queue_, executor_, link_, absl::Seconds(2), std::move(serve), Result(),
                 std::move(heard), arrived);
  }
  absl::Time* Arrived(int shard) { return &arrived_[static_cast<std::size_t>(shard)]; }

  Queue& queue_;
  SimExecutor& executor_;
  const std::shared_ptr<Link> link_;
  RedisModel& redis_;
  Continuity continuity_;
  std::array<absl::Time, kShardCount> arrived_ = {};  // by shard: the last call that carries ops
  const int replica_;
};

}  // namespace vigil::alert::sim
