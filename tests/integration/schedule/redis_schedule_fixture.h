// One shard of a schedule on a real Redis of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/schedule/redis_schedule.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {

inline constexpr int kShard = 17;
inline const absl::Time kNoon = absl::FromUnixSeconds(1'528'000'000);

inline Member Reminder(int number) {
  Member member;
  member.deadline = 0x1122334455667700ULL + static_cast<uint64_t>(number);
  member.parent = 4711;
  member.earliest = civil::Day(std::chrono::days(17688));
  member.step = 3;
  member.receiver = 99;
  member.kind = registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
  member.precision = registry::v1::DEADLINE_PRECISION_EXACT;
  return member;
}

class RedisScheduleTest : public ::testing::Test {
 protected:
  explicit RedisScheduleTest(std::vector<std::string> settings = {})
      : redis_(std::move(settings)), schedule_(Connect(executor_)) {}

  std::unique_ptr<Schedule> Connect(WaitingExecutor& executor) {
    RedisScheduleOptions options;
    options.redis.address = redis_.Address();
    options.on_connect = [this](const RedisDurability& durability) {
      durable_ = durability.AsWished();
    };
    // The calls of another schedule may end on another thread.
    if (&executor == &executor_) {
      options.on_round_trip = [this](std::string_view call, absl::Duration took) {
        if (took >= absl::ZeroDuration()) timed_.emplace(call);
      };
    }
    return MakeRedisSchedule(options, executor);
  }

  template <class Result, class Method, class... Args>
  Result Call(Method method, Args... args) {
    std::optional<Result> result = executor_.Await<Result>([&](std::function<void(Result)> done) {
      ((*schedule_).*method)(std::move(args)..., std::move(done));
    });
    EXPECT_TRUE(result.has_value()) << "no answer";
    return result.value_or(Result());
  }

  HeadsResult Heads() { return Call<HeadsResult>(&Schedule::Heads); }
  Head HeadOf(int shard) {
    HeadsResult heads = Heads();
    EXPECT_EQ(heads.status, ScheduleStatus::kOk);
    return heads.heads.empty() ? Head() : *heads.heads[static_cast<size_t>(shard)];
  }

  ShardResult Begin(const std::string& epoch, Seen lost = {},
                    absl::Duration build_lease = absl::Seconds(5), bool foreign = false) {
    return Call<ShardResult>(&Schedule::RebuildBegin, BeginRequest{.shard = kShard,
                                                                   .lost = lost,
                                                                   .foreign = foreign,
                                                                   .epoch = epoch,
                                                                   .wall = executor_.time.Wall(),
                                                                   .build_lease = build_lease});
  }
  ShardResult Write(const std::string& epoch, std::vector<Op> ops) {
    return Call<ShardResult>(&Schedule::RebuildWrite, kShard, epoch, std::move(ops));
  }
  ShardResult Open(const std::string& epoch, int64_t applied) {
    return Call<ShardResult>(&Schedule::RebuildOpen,
                             OpenRequest{kShard, epoch, applied, "hash", "plan-1"});
  }
  // A live shard at revision 10 with nothing in it.
  void OpenShard(const std::string& epoch = "e1") {
    ASSERT_EQ(Begin(epoch).status, ScheduleStatus::kOk);
    const ShardResult opened = Open(epoch, 10);
    ASSERT_EQ(opened.status, ScheduleStatus::kOk);
    seen_ = {epoch, opened.seq};
  }

  ShardResult Apply(int64_t from, int64_t to, std::vector<Op> ops) {
    ShardResult result = Call<ShardResult>(
        &Schedule::Apply, ApplyRequest{kShard, seen_, from, to, "hash", "plan-1", std::move(ops)});
    if (result.status == ScheduleStatus::kOk) seen_.seq = result.seq;
    return result;
  }
  ClaimResult Claim(absl::Time until = kNoon, int limit = kMaxItemsPerCall,
                    absl::Duration lease = absl::Seconds(5)) {
    ClaimResult result = Call<ClaimResult>(
        &Schedule::Claim, ClaimRequest{kShard, seen_, limit, until, executor_.time.Wall(), lease});
    if (result.status == ScheduleStatus::kOk) seen_.seq = result.seq;
    return result;
  }
  ShardResult Complete(int64_t fence, const Member& member, std::string receipts,
                       std::vector<Member> done, std::optional<Op> next = std::nullopt) {
    ShardResult result = Call<ShardResult>(
        &Schedule::Complete,
        CompleteRequest{
            kShard, seen_, fence, member, std::move(receipts), std::move(done), next, {}});
    if (result.status == ScheduleStatus::kOk) seen_.seq = result.seq;
    return result;
  }
  // Redis has answered long enough for leases to end.
  void LetLeasesEnd() {
    for (int second = 0; second < 6; ++second) {
      executor_.time.Turn(absl::Seconds(1));
      Heads();
    }
  }

  RedisServer redis_;
  std::atomic<bool> durable_ = false;
  std::set<std::string, std::less<>> timed_;
  WaitingExecutor executor_;
  std::unique_ptr<Schedule> schedule_;
  Seen seen_;
};

inline std::vector<Member> Members(const ClaimResult& result) {
  std::vector<Member> members;
  for (const Claimed& claimed : result.claimed) members.push_back(claimed.member);
  return members;
}

}  // namespace vigil::alert
