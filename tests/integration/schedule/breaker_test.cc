// The breaker in a shard of a real Redis: what is too much at once waits, and custody passes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "alert-svc/schedule/redis_schedule.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kShard = 17;
constexpr auto kCustody = registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
constexpr auto kAppeal = registry::v1::DEADLINE_KIND_APPEAL;
const absl::Time kNoon = absl::FromUnixSeconds(1'528'000'000);

class BreakerTest : public ::testing::Test {
 protected:
  BreakerTest() {
    RedisScheduleOptions options;
    options.redis.address = redis_.Address();
    schedule_ = MakeRedisSchedule(options, executor_);
  }

  template <class Result, class Method, class... Args>
  Result Call(Method method, Args... args) {
    return executor_
        .Await<Result>([&](std::function<void(Result)> done) {
          ((*schedule_).*method)(std::move(args)..., std::move(done));
        })
        .value_or(Result());
  }

  // A live shard in which so many members are due, one a minute, the last at noon.
  void Open(int count, registry::v1::DeadlineKind kind) {
    const BeginRequest begin{.shard = kShard,
                             .lost = seen_,
                             .foreign = !seen_.epoch.empty(),
                             .epoch = seen_.epoch + "e",
                             .wall = executor_.time.Wall(),
                             .build_lease = absl::Seconds(5)};
    seen_ = {begin.epoch, 0};
    ASSERT_EQ(Call<ShardResult>(&Schedule::RebuildBegin, begin).status, ScheduleStatus::kOk);
    std::vector<Op> ops;
    for (int i = 0; i < count; ++i) ops.push_back({MemberOf(i, kind), kNoon - absl::Minutes(i)});
    Call<ShardResult>(&Schedule::RebuildWrite, kShard, begin.epoch, ops);
    const OpenRequest open{kShard, begin.epoch, 10, "hash", "plan-1"};
    ASSERT_EQ(Call<ShardResult>(&Schedule::RebuildOpen, open).status, ScheduleStatus::kOk);
  }
  static Member MemberOf(int number, registry::v1::DeadlineKind kind) {
    Member member;
    member.deadline = static_cast<std::uint64_t>(number + 1);
    member.kind = kind;
    return member;
  }
  void Add(int number, registry::v1::DeadlineKind kind) { Set(number, kind, kNoon); }
  void Remove(int number, registry::v1::DeadlineKind kind) { Set(number, kind, std::nullopt); }
  void Set(int number, registry::v1::DeadlineKind kind, std::optional<absl::Time> due) {
    ApplyRequest request{kShard, seen_, 10, 10, "hash", "plan-1", {{MemberOf(number, kind), due}}};
    ASSERT_EQ(Call<ShardResult>(&Schedule::Apply, request).status, ScheduleStatus::kOk);
  }
  // How often Redis ran a command since its counts were reset.
  int CallsOf(const std::string& command) {
    const std::string all = redis_.Run({"INFO", "commandstats"});
    const std::string key = "cmdstat_" + command + ":calls=";
    const std::size_t at = all.find(key);
    return at == std::string::npos ? 0 : std::atoi(all.c_str() + at + key.size());
  }
  std::vector<Claimed> Claim(std::int64_t allowed, bool clock_jumped = false) {
    ClaimRequest request{kShard,          seen_, kMaxItemsPerCall, kNoon, executor_.time.Wall(),
                         absl::Seconds(5)};
    request.allowed = allowed;
    request.clock_jumped = clock_jumped;
    request.passing = std::string(1, static_cast<char>(kCustody));
    const ClaimResult result = Call<ClaimResult>(&Schedule::Claim, request);
    EXPECT_EQ(result.status, ScheduleStatus::kOk);
    return result.claimed;
  }
  void Release(absl::Time until) {
    EXPECT_EQ(Call<ShardResult>(&Schedule::Release, kShard, seen_, until).status,
              ScheduleStatus::kOk);
  }
  BreakerHold HoldNow() {
    const HeadsResult heads = Call<HeadsResult>(&Schedule::Heads);
    return heads.heads.empty() ? BreakerHold() : heads.heads[kShard]->hold;
  }

  RedisServer redis_;
  WaitingExecutor executor_;
  std::unique_ptr<Schedule> schedule_;
  Seen seen_;
};

TEST_F(BreakerTest, AsManyAsAllowedAreClaimed) {
  Open(5, kAppeal);
  EXPECT_THAT(Claim(5), SizeIs(5));
  EXPECT_EQ(HoldNow().why, BreakerHold::Why::kNone);
}

TEST_F(BreakerTest, MoreThanAllowedHoldTheShardAndSayHowMany) {
  Open(6, kAppeal);
  EXPECT_THAT(Claim(5), IsEmpty());
  const BreakerHold hold = HoldNow();
  EXPECT_EQ(hold.why, BreakerHold::Why::kTooMany);
  EXPECT_EQ(hold.due, 6);
  EXPECT_EQ(hold.allowed, 5);
  EXPECT_EQ(hold.since, kNoon);
  EXPECT_THAT(Claim(100), IsEmpty()) << "it stays held, whatever is allowed later";
}

TEST_F(BreakerTest, CustodyPassesAHeldShardHoweverFarBehindItStands) {
  Open(2500, kAppeal);
  Add(2500, kCustody);
  const std::vector<Claimed> claimed = Claim(50);
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].member, MemberOf(2500, kCustody));
}

TEST_F(BreakerTest, CustodyThatComesWhileTheShardIsHeldPassesAndWhatWentDoesNot) {
  Open(60, kAppeal);
  EXPECT_THAT(Claim(50), IsEmpty());
  Add(61, kCustody);
  Add(62, kCustody);
  Remove(62, kCustody);
  const std::vector<Claimed> claimed = Claim(50);
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].member, MemberOf(61, kCustody));
}

TEST_F(BreakerTest, ASecondHoldKnowsNothingOfTheFirst) {
  Open(60, kAppeal);
  EXPECT_THAT(Claim(50), IsEmpty());
  Add(61, kCustody);
  Release(kNoon - absl::Hours(1));
  Remove(61, kCustody);
  Add(62, kCustody);
  const std::vector<Claimed> claimed = Claim(50);
  ASSERT_THAT(claimed, SizeIs(1));
  EXPECT_EQ(claimed[0].member, MemberOf(62, kCustody));
}

TEST_F(BreakerTest, AClaimOfAHeldShardLooksAtNothingThatWaits) {
  Open(3000, kAppeal);
  EXPECT_THAT(Claim(50), IsEmpty());
  redis_.Run({"CONFIG", "RESETSTAT"});
  EXPECT_THAT(Claim(50), IsEmpty());
  // Of ended leases, and of what passes; a walk would read the due set part by part.
  EXPECT_LE(CallsOf("zrangebyscore"), 2);
  EXPECT_EQ(CallsOf("zrange"), 0);
}

TEST_F(BreakerTest, WhatWasLetGoCountsNoMoreAndWhatComesLaterDoes) {
  Open(6, kAppeal);
  EXPECT_THAT(Claim(5), IsEmpty());
  Release(kNoon - absl::Minutes(1));
  EXPECT_EQ(HoldNow().why, BreakerHold::Why::kNone);
  EXPECT_THAT(Claim(1), SizeIs(6)) << "one of the six is due later than what was let go";
  Open(6, kAppeal);
  EXPECT_THAT(Claim(5), IsEmpty());
  Release(kNoon - absl::Minutes(3));
  EXPECT_THAT(Claim(2), IsEmpty()) << "three of the six are";
}

TEST_F(BreakerTest, AClockThatJumpedHoldsEvenOne) {
  Open(1, kAppeal);
  EXPECT_THAT(Claim(50, true), IsEmpty());
  EXPECT_EQ(HoldNow().why, BreakerHold::Why::kClockJumped);
}

TEST_F(BreakerTest, TakenOutItNeverHolds) {
  Open(300, kAppeal);
  EXPECT_THAT(Claim(-1), SizeIs(300));
}

}  // namespace
}  // namespace vigil::alert
