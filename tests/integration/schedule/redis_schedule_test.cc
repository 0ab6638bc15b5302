// The schedule against a real Redis: what engine.md sections 3, 4 and 8 promise of each call, and
// lines 8 and 10 of the feed's contract (journal.proto).
#include "alert-svc/schedule/redis_schedule.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "alert-svc/schedule/durability.h"
#include "alert-svc/schedule/library.h"
#include "common/metrics/metrics.h"
#include "tests/integration/schedule/schedule_harness.h"
#include "tests/testing/redis_server.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr int kShard = 17;
const absl::Time kNoon = absl::FromUnixSeconds(1'528'000'000);

Member Reminder(int number) {
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
    options.on_round_trip = [this](std::string_view call, absl::Duration took) {
      if (took >= absl::ZeroDuration()) timed_.emplace(call);
    };
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

std::vector<Member> Members(const ClaimResult& result) {
  std::vector<Member> members;
  for (const Claimed& claimed : result.claimed) members.push_back(claimed.member);
  return members;
}

TEST_F(RedisScheduleTest, EmptyRedisHasNoHeads) {
  const HeadsResult heads = Heads();
  ASSERT_EQ(heads.status, ScheduleStatus::kOk);
  ASSERT_THAT(heads.heads, SizeIs(kShardCount));
  for (const auto& head : heads.heads) EXPECT_EQ(head->state, ShardState::kMissing);
  EXPECT_FALSE(heads.server_run_id.empty());
}

TEST_F(RedisScheduleTest, CallsOnAMissingShardAreLost) {
  seen_ = {"e1", 5};
  EXPECT_EQ(Apply(1, 2, {}).status, ScheduleStatus::kLost);
  EXPECT_EQ(Claim().status, ScheduleStatus::kLost);
}

TEST_F(RedisScheduleTest, AnsweredCallsAreTimedByTheirName) {
  OpenShard();
  ASSERT_EQ(Apply(10, 11, {{Reminder(1), kNoon}}).status, ScheduleStatus::kOk);
  Complete(Claim().fence, Reminder(1), "receipt", {Reminder(1)});
  EXPECT_THAT(timed_, ElementsAre("apply", "claim", "complete", "rebuild_begin", "rebuild_open"));
}

TEST_F(RedisScheduleTest, OpenedShardHasTheHeadItWasGiven) {
  OpenShard();
  const HeadsResult heads = Heads();
  const Head& head = *heads.heads[kShard];
  EXPECT_EQ(head.state, ShardState::kLive);
  EXPECT_EQ(head.epoch, "e1");
  EXPECT_EQ(head.seq, seen_.seq);
  EXPECT_EQ(head.applied, 10);
  EXPECT_EQ(head.chain_hash, "hash");
  EXPECT_EQ(head.plan_version, "plan-1");
  EXPECT_EQ(head.run_id, heads.server_run_id);
  EXPECT_EQ(head.next_due, std::nullopt);
}

TEST_F(RedisScheduleTest, ApplySetsAndDeletes) {
  OpenShard();
  ASSERT_EQ(Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon + absl::Hours(1)}}).status,
            ScheduleStatus::kOk);
  Head head = HeadOf(kShard);
  EXPECT_EQ(head.applied, 11);
  EXPECT_EQ(head.pending, 2);
  EXPECT_EQ(head.next_due, kNoon);
  ASSERT_EQ(Apply(11, 12, {{Reminder(1), std::nullopt}}).status, ScheduleStatus::kOk);
  head = HeadOf(kShard);
  EXPECT_EQ(head.pending, 1);
  EXPECT_EQ(head.next_due, kNoon + absl::Hours(1));
}

TEST_F(RedisScheduleTest, Line8_ApplyOfWhatWasAppliedOrLeavesAGapIsStale) {
  OpenShard();
  ASSERT_EQ(Apply(10, 15, {}).status, ScheduleStatus::kOk);
  const ShardResult again = Apply(10, 15, {{Reminder(1), kNoon}});
  EXPECT_EQ(again.status, ScheduleStatus::kStale);
  EXPECT_EQ(again.applied, 15);
  EXPECT_EQ(Apply(17, 18, {{Reminder(1), kNoon}}).status, ScheduleStatus::kStale);
  EXPECT_EQ(HeadOf(kShard).pending, 0);
  // Overlap is welcome: ops state the end result.
  EXPECT_EQ(Apply(12, 18, {{Reminder(1), kNoon}}).status, ScheduleStatus::kOk);
  // A repair changes what is due and not the revision.
  EXPECT_EQ(Apply(18, 18, {{Reminder(2), kNoon}}).status, ScheduleStatus::kOk);
  EXPECT_EQ(HeadOf(kShard).pending, 2);
  EXPECT_EQ(HeadOf(kShard).applied, 18);
}

TEST_F(RedisScheduleTest, ApplyTakesAnyNumberOfOps) {
  OpenShard();
  std::vector<Op> ops;
  for (int i = 0; i < 2500; ++i) ops.push_back({Reminder(i), kNoon + absl::Seconds(i)});
  ASSERT_EQ(Apply(10, 11, ops).status, ScheduleStatus::kOk);
  EXPECT_EQ(HeadOf(kShard).pending, 2500);
  EXPECT_EQ(HeadOf(kShard).applied, 11);
  for (Op& op : ops) op.due = std::nullopt;
  ASSERT_EQ(Apply(11, 12, ops).status, ScheduleStatus::kOk);
  EXPECT_EQ(HeadOf(kShard).pending, 0);
}

TEST_F(RedisScheduleTest, Line10_WhatAnApplyDidAndItsRevision_AreSeenTogether) {
  OpenShard();
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  std::atomic<bool> stop = false;
  int64_t looks = 0;
  // Each revision adds one member, so the two count alike at any moment.
  std::thread reader([&] {
    while (!stop || looks == 0) {
      const auto heads = other_executor.Await<HeadsResult>(
          [&](Schedule::Done<HeadsResult> done) { other->Heads(std::move(done)); });
      ASSERT_TRUE(heads.has_value());
      if (heads->status != ScheduleStatus::kOk) continue;
      EXPECT_EQ(heads->heads[kShard]->applied - 10, heads->heads[kShard]->pending);
      ++looks;
    }
  });
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Apply(10 + i, 11 + i, {{Reminder(i), kNoon}}).status, ScheduleStatus::kOk);
  }
  stop = true;
  reader.join();
  EXPECT_EQ(HeadOf(kShard).pending, 300);
}

TEST_F(RedisScheduleTest, Line10_RefusedApply_MovesNeitherMembersNorRevision) {
  OpenShard();
  redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(Apply(10, 11, {{Reminder(1), kNoon}}).status, ScheduleStatus::kRefused);
  EXPECT_EQ(HeadOf(kShard).applied, 10);
  EXPECT_EQ(HeadOf(kShard).pending, 0);
}

TEST_F(RedisScheduleTest, SettingAnotherWordingReplacesTheFirst) {
  OpenShard();
  Member reworded = Reminder(1);
  reworded.precision = registry::v1::DEADLINE_PRECISION_NO_LATER_THAN;
  ASSERT_EQ(Apply(10, 11, {{Reminder(1), kNoon}}).status, ScheduleStatus::kOk);
  ASSERT_EQ(Apply(11, 12, {{reworded, kNoon}}).status, ScheduleStatus::kOk);
  EXPECT_THAT(Members(Claim()), ElementsAre(reworded));
}

TEST_F(RedisScheduleTest, ClaimTakesWhatIsDueInOrderAndNoMoreThanAsked) {
  OpenShard();
  Apply(10, 11,
        {{Reminder(1), kNoon},
         {Reminder(2), kNoon - absl::Hours(1)},
         {Reminder(3), kNoon + absl::Milliseconds(1)},
         {Reminder(4), kNoon - absl::Hours(2)}});
  const ClaimResult first = Claim(kNoon, 2);
  EXPECT_THAT(Members(first), ElementsAre(Reminder(4), Reminder(2)));
  EXPECT_EQ(first.claimed[0].due, kNoon - absl::Hours(2));
  EXPECT_EQ(first.applied, 11);
  const ClaimResult second = Claim(kNoon, 2);
  EXPECT_THAT(Members(second), ElementsAre(Reminder(1)));
  EXPECT_GT(second.fence, first.fence);
  EXPECT_THAT(Claim().claimed, IsEmpty());
  EXPECT_EQ(HeadOf(kShard).leased, 3);
}

TEST_F(RedisScheduleTest, CompleteWritesTheReceiptAndKeepsTheReminderFromComingBack) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  const ClaimResult claimed = Claim();
  const ShardResult completed = Complete(claimed.fence, Reminder(1), "receipt", {Reminder(1)});
  ASSERT_EQ(completed.status, ScheduleStatus::kOk);
  // The journal's echo plans it again, before and after the receipt is known there.
  ASSERT_EQ(Apply(11, 12, {{Reminder(1), kNoon}}).status, ScheduleStatus::kOk);
  EXPECT_EQ(HeadOf(kShard).pending, 0);
  const auto forward = Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10);
  ASSERT_THAT(forward.entries, SizeIs(1));
  EXPECT_EQ(forward.epoch, "e1");
  EXPECT_EQ(forward.entries[0].receipts, "receipt");
  EXPECT_EQ(forward.entries[0].seq, completed.seq);
  const auto rest = Call<ForwardResult>(&Schedule::Forward, kShard, forward.entries[0].id, 10);
  EXPECT_THAT(rest.entries, IsEmpty());
}

TEST_F(RedisScheduleTest, ForgetWaitsForTheRevisionOfTheReceipt) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  const ShardResult done = Complete(Claim().fence, Reminder(1), "r", {Reminder(1)});
  EXPECT_EQ(Call<ShardResult>(&Schedule::Forget, kShard, seen_, done.seq, int64_t{12}).status,
            ScheduleStatus::kStale);
  Apply(11, 12, {});
  ASSERT_EQ(Call<ShardResult>(&Schedule::Forget, kShard, seen_, done.seq, int64_t{12}).status,
            ScheduleStatus::kOk);
  Apply(12, 13, {{Reminder(1), kNoon}});
  EXPECT_EQ(HeadOf(kShard).pending, 1);
}

TEST_F(RedisScheduleTest, CompleteSchedulesWhatFollowsInTheSameStep) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  Member repeat = Reminder(1);
  repeat.repeat = 1;
  ASSERT_EQ(
      Complete(Claim().fence, Reminder(1), "r", {Reminder(1)}, Op{repeat, kNoon + absl::Hours(24)})
          .status,
      ScheduleStatus::kOk);
  EXPECT_THAT(Claim().claimed, IsEmpty());
  EXPECT_THAT(Members(Claim(kNoon + absl::Hours(24))), ElementsAre(repeat));
}

TEST_F(RedisScheduleTest, CompleteMayTryTheSameMemberAgain) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  ASSERT_EQ(
      Complete(Claim().fence, Reminder(1), "failed", {}, Op{Reminder(1), kNoon + absl::Minutes(1)})
          .status,
      ScheduleStatus::kOk);
  EXPECT_THAT(Claim().claimed, IsEmpty());
  EXPECT_THAT(Members(Claim(kNoon + absl::Minutes(1))), ElementsAre(Reminder(1)));
}

TEST_F(RedisScheduleTest, CompleteTakesAnyNumberOfOpsAndDone) {
  OpenShard();
  Apply(10, 11, {{Reminder(0), kNoon}});
  CompleteRequest request{kShard, seen_, Claim().fence, Reminder(0), "r", {}, std::nullopt, {}};
  for (int i = 0; i < 7000; ++i) request.done.push_back(Reminder(i));
  for (int i = 6000; i < 13000; ++i) request.also.push_back({Reminder(i), kNoon});
  ASSERT_EQ(Call<ShardResult>(&Schedule::Complete, request).status, ScheduleStatus::kOk);
  EXPECT_EQ(HeadOf(kShard).pending, 6000);
}

TEST_F(RedisScheduleTest, CompletesThatGoTogetherAreAnsweredEachForItself) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}, {Reminder(3), kNoon}});
  const int64_t fence = Claim().fence;
  // Sent while Redis stands still, so that they wait for their turn together.
  redis_.Freeze();
  std::vector<ScheduleStatus> answers(4, ScheduleStatus::kUnavailable);
  size_t answered = 0;
  const auto complete = [&](size_t index, int64_t own_fence, const Member& member,
                            std::vector<Member> done, std::vector<Op> also) {
    schedule_->Complete({kShard, seen_, own_fence, member, fmt::format("r{}", index),
                         std::move(done), std::nullopt, std::move(also)},
                        [&answers, &answered, index](ShardResult result) {
                          answers[index] = result.status;
                          ++answered;
                        });
  };
  schedule_->Heads([](HeadsResult) {});
  complete(0, fence, Reminder(1), {Reminder(1)}, {{Reminder(2), kNoon}, {Reminder(9), kNoon}});
  complete(1, fence + 1, Reminder(2), {Reminder(2)}, {});
  complete(2, fence, Reminder(3), {Reminder(3)}, {{Reminder(1), kNoon}});
  complete(3, fence, Reminder(3), {}, {{Reminder(8), kNoon}});
  redis_.Thaw();
  executor_.RunUntil([&answered] { return answered == 4; });
  EXPECT_THAT(answers, ElementsAre(ScheduleStatus::kOk, ScheduleStatus::kStale, ScheduleStatus::kOk,
                                   ScheduleStatus::kStale));
  const Head head = HeadOf(kShard);
  EXPECT_EQ(head.pending, 1) << "only number 9: 1 is done, 2 under lease, 8 was refused";
  EXPECT_EQ(head.leased, 1);
  std::string receipts;
  for (const StreamEntry& entry :
       Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries) {
    receipts += entry.receipts;
  }
  EXPECT_EQ(receipts, "r0r2");
}

TEST_F(RedisScheduleTest, Line8_CompleteWithAnotherFenceChangesNothing) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  const ClaimResult claimed = Claim();
  EXPECT_EQ(Complete(claimed.fence + 1, Reminder(1), "r", {Reminder(1)}).status,
            ScheduleStatus::kStale);
  EXPECT_EQ(HeadOf(kShard).leased, 1);
  EXPECT_THAT(Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries,
              IsEmpty());
  EXPECT_EQ(Complete(claimed.fence, Reminder(1), "r", {Reminder(1)}).status, ScheduleStatus::kOk);
  EXPECT_EQ(Complete(claimed.fence, Reminder(1), "r", {Reminder(1)}).status,
            ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, LeasedMembersAreNeitherSetNorDeleted) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  const ClaimResult claimed = Claim();
  Apply(11, 12, {{Reminder(1), kNoon + absl::Hours(1)}});
  EXPECT_EQ(HeadOf(kShard).pending, 0);
  Apply(12, 13, {{Reminder(1), std::nullopt}});
  EXPECT_EQ(Complete(claimed.fence, Reminder(1), "r", {Reminder(1)}).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, LeaseThatEndedGoesToTheNextClaimWithANewFence) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult dead = Claim(kNoon, 1, absl::Milliseconds(-1));
  ASSERT_THAT(dead.claimed, SizeIs(1));
  LetLeasesEnd();
  const Head head = HeadOf(kShard);
  EXPECT_LE(head.next_due, executor_.time.Now());
  const ClaimResult heir = Claim();
  EXPECT_THAT(Members(heir), ElementsAre(dead.claimed[0].member, Reminder(2)));
  EXPECT_EQ(heir.claimed[0].due, kNoon);
  EXPECT_TRUE(heir.claimed[0].taken_over);
  EXPECT_FALSE(heir.claimed[1].taken_over);
  EXPECT_EQ(Complete(dead.fence, dead.claimed[0].member, "late", {dead.claimed[0].member}).status,
            ScheduleStatus::kStale);
  EXPECT_EQ(Complete(heir.fence, dead.claimed[0].member, "r", {dead.claimed[0].member}).status,
            ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, NoLeaseEndsWithinOneLeaseOfRedisComingBack) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  Claim(kNoon, 1, absl::Milliseconds(-1));
  LetLeasesEnd();
  executor_.time.Turn(absl::Seconds(10));  // Redis was away
  EXPECT_THAT(Claim().claimed, IsEmpty());
  LetLeasesEnd();
  EXPECT_THAT(Claim().claimed, SizeIs(1));
}

TEST_F(RedisScheduleTest, RenewPutsTheEndOffAndNamesWhatIsLost) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult claimed = Claim(kNoon, 10, absl::Milliseconds(-1));
  const RenewResult renewed =
      Call<RenewResult>(&Schedule::Renew, RenewRequest{kShard,
                                                       seen_,
                                                       claimed.fence,
                                                       {Reminder(1), Reminder(3)},
                                                       executor_.time.Wall(),
                                                       absl::Seconds(60)});
  ASSERT_EQ(renewed.status, ScheduleStatus::kOk);
  EXPECT_THAT(renewed.lost, ElementsAre(Reminder(3)));
  LetLeasesEnd();
  EXPECT_THAT(Members(Claim()), ElementsAre(Reminder(2)));
}

TEST_F(RedisScheduleTest, WallClockThatDiffersIsRefused) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  for (const absl::Duration skew : {absl::Seconds(10), absl::Seconds(-10)}) {
    executor_.time.skew = skew;
    EXPECT_EQ(Claim().status, ScheduleStatus::kRefused);
    EXPECT_EQ(Begin("e2").status, ScheduleStatus::kRefused);
  }
  EXPECT_EQ(HeadOf(kShard).pending, 1);
}

TEST_F(RedisScheduleTest, LowerSeqIsRolledBackAndAnotherEpochIsLost) {
  OpenShard();
  const Seen before = seen_;
  seen_.seq += 5;
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kRolledBack);
  EXPECT_EQ(Claim().status, ScheduleStatus::kRolledBack);
  seen_ = {"other", 1};
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kLost);
  seen_ = before;
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, SealedDigestKeepsItsMembersUntilItIsDone) {
  OpenShard();
  Member digest = Reminder(0);
  digest.form = MemberForm::kDigest;
  Apply(10, 11, {{digest, kNoon}, {Reminder(3), kNoon}});
  const ClaimResult claimed = Claim();
  Complete(claimed.fence, Reminder(3), "r", {Reminder(3)});
  const auto seal = [&](std::vector<Member> items) {
    return Call<SealResult>(&Schedule::Seal,
                            SealRequest{kShard, seen_, claimed.fence, digest, items});
  };
  EXPECT_THAT(seal({Reminder(1), Reminder(2), Reminder(3)}).items,
              ElementsAre(Reminder(1), Reminder(2)));
  EXPECT_THAT(seal({Reminder(4)}).items, ElementsAre(Reminder(1), Reminder(2)));
  const SealResult stranger = Call<SealResult>(
      &Schedule::Seal, SealRequest{kShard, seen_, claimed.fence + 9, digest, {Reminder(4)}});
  EXPECT_EQ(stranger.status, ScheduleStatus::kStale);
  EXPECT_EQ(redis_.Run({"HLEN", "{s17}:sealed"}), "1");
  Complete(claimed.fence, digest, "r", {digest, Reminder(1), Reminder(2)});
  EXPECT_EQ(redis_.Run({"HLEN", "{s17}:sealed"}), "0");
}

TEST_F(RedisScheduleTest, WhatOneDigestHoldsIsNotSealedInAnother) {
  OpenShard();
  Member first = Reminder(0);
  first.form = MemberForm::kDigest;
  Member second = first;
  second.earliest += std::chrono::days(1);
  Member stranger = first;
  stranger.receiver ^= 1;
  Apply(10, 11, {{first, kNoon}, {second, kNoon}, {stranger, kNoon}});
  const ClaimResult claimed = Claim();
  const auto seal = [&](const Member& digest, std::vector<Member> items) {
    return Call<SealResult>(&Schedule::Seal,
                            SealRequest{kShard, seen_, claimed.fence, digest, items})
        .items;
  };
  EXPECT_THAT(seal(first, {Reminder(1), Reminder(2)}), ElementsAre(Reminder(1), Reminder(2)));
  EXPECT_THAT(seal(second, {Reminder(2)}), ElementsAre());
  EXPECT_THAT(seal(second, {Reminder(2), Reminder(3)}), ElementsAre(Reminder(3)));
  EXPECT_THAT(seal(stranger, {Reminder(2)}), ElementsAre(Reminder(2)));
}

TEST_F(RedisScheduleTest, WhatADigestHeldThatIsGoneIsSealedInAnother) {
  OpenShard();
  Member first = Reminder(0);
  first.form = MemberForm::kDigest;
  Member second = first;
  second.earliest += std::chrono::days(1);
  Apply(10, 11, {{first, kNoon}, {second, kNoon}});
  const ClaimResult claimed = Claim();
  const auto seal = [&](const Member& digest) {
    return Call<SealResult>(&Schedule::Seal,
                            SealRequest{kShard, seen_, claimed.fence, digest, {Reminder(1)}})
        .items;
  };
  seal(first);
  Complete(claimed.fence, first, "", {});
  EXPECT_THAT(seal(second), ElementsAre(Reminder(1)));
}

TEST_F(RedisScheduleTest, FlushIsSeenByTheNextHeadsAndTheShardRebuilds) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  redis_.Run({"FLUSHALL"});
  EXPECT_EQ(HeadOf(kShard).state, ShardState::kMissing);
  EXPECT_EQ(Claim().status, ScheduleStatus::kLost);
  ASSERT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
  EXPECT_EQ(Claim().status, ScheduleStatus::kLost);  // another epoch than the one seen
  ASSERT_EQ(Write("e2", {{Reminder(1), kNoon}, {Reminder(2), kNoon}}).status, ScheduleStatus::kOk);
  const ShardResult opened = Open("e2", 20);
  ASSERT_EQ(opened.status, ScheduleStatus::kOk);
  seen_ = {"e2", opened.seq};
  EXPECT_THAT(Claim().claimed, SizeIs(2));
}

TEST_F(RedisScheduleTest, RebuildKeepsTheStreamAndFencesGrow) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult before = Claim();
  Complete(before.fence, Reminder(1), "kept", {Reminder(1)});
  redis_.Run({"DEL", "{s17}:head"});
  const auto orphan = Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10);
  EXPECT_EQ(orphan.status, ScheduleStatus::kOk);
  EXPECT_EQ(orphan.epoch, "");
  EXPECT_THAT(orphan.entries, SizeIs(1));
  ASSERT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
  Write("e2", {{Reminder(2), kNoon}});
  seen_ = {"e2", Open("e2", 20).seq};
  EXPECT_THAT(Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries,
              SizeIs(1));
  EXPECT_GT(Claim().fence, before.fence);
  EXPECT_EQ(Complete(before.fence, Reminder(2), "late", {}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, OneRebuilderAtATime) {
  ASSERT_EQ(Begin("e1").status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e2").status, ScheduleStatus::kStale);
  EXPECT_EQ(Write("e2", {{Reminder(1), kNoon}}).status, ScheduleStatus::kStale);
  EXPECT_EQ(Open("e2", 1).status, ScheduleStatus::kStale);
  EXPECT_EQ(Open("e1", 1).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e3").status, ScheduleStatus::kStale) << "a live shard is not lost";
  EXPECT_EQ(Write("e1", {{Reminder(1), kNoon}}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, RebuilderThatDiedIsReplaced) {
  ASSERT_EQ(Begin("e1", {}, absl::Milliseconds(-1)).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e2").status, ScheduleStatus::kOk);
  EXPECT_EQ(Write("e1", {}).status, ScheduleStatus::kStale);
}

TEST_F(RedisScheduleTest, RolledBackShardMayBeRebuilt) {
  OpenShard();
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kStale);
  seen_.seq += 100;
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ShardOfAnotherJournalIsRebuiltOnceThoughItIsLive) {
  OpenShard("e1");
  EXPECT_EQ(Begin("e2", {"another", 0}, absl::Seconds(5), true).status, ScheduleStatus::kStale);
  EXPECT_EQ(Begin("e2", seen_, absl::Seconds(5), true).status, ScheduleStatus::kOk);
  EXPECT_EQ(Begin("e3", seen_, absl::Seconds(5), true).status, ScheduleStatus::kStale)
      << "another replica found the same, and rebuilds it";
}

TEST_F(RedisScheduleTest, EntryOfTheStreamNamesTheEpochOfItsSeq) {
  OpenShard("e1");
  Apply(10, 11, {{Reminder(1), kNoon}});
  Complete(Claim().fence, Reminder(1), "r", {Reminder(1)});
  const auto entries = Call<ForwardResult>(&Schedule::Forward, kShard, std::string(), 10).entries;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].epoch, "e1");
  EXPECT_EQ(entries[0].seq, seen_.seq);
}

TEST_F(RedisScheduleTest, LostFunctionsAreLoadedAgain) {
  OpenShard();
  redis_.Run({"FUNCTION", "FLUSH"});
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kLost);
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, TwoReplicasShareOneShard) {
  OpenShard();
  std::vector<Op> ops;
  for (int i = 0; i < 50; ++i) ops.push_back({Reminder(i), kNoon});
  Apply(10, 11, ops);
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  const auto theirs = other_executor.Await<ClaimResult>([&](Schedule::Done<ClaimResult> done) {
    other->Claim({kShard, seen_, 20, kNoon, other_executor.time.Wall(), absl::Seconds(5)},
                 std::move(done));
  });
  const ClaimResult ours = Claim();
  EXPECT_THAT(theirs->claimed, SizeIs(20));
  EXPECT_THAT(ours.claimed, SizeIs(30));
}

TEST_F(RedisScheduleTest, ListTellsEveryMemberOnce) {
  OpenShard();
  std::vector<Op> ops;
  for (int i = 0; i < 3000; ++i) ops.push_back({Reminder(i), kNoon + absl::Seconds(i)});
  Apply(10, 11, ops);
  Claim(kNoon + absl::Seconds(9));
  const ListResult list = Call<ListResult>(&Schedule::List, kShard);
  ASSERT_EQ(list.status, ScheduleStatus::kOk);
  EXPECT_EQ(list.head.applied, 11);
  ASSERT_THAT(list.members, SizeIs(3000));
  int leased = 0;
  for (const ListedMember& listed : list.members) {
    leased += listed.leased ? 1 : 0;
    const auto number = static_cast<int64_t>(listed.member.deadline & 0xFFFF) - 0x7700;
    EXPECT_EQ(listed.due, kNoon + absl::Seconds(number));
  }
  EXPECT_EQ(leased, 10);
}

TEST_F(RedisScheduleTest, TrimDropsOldReceipts) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  Complete(Claim().fence, Reminder(1), "r", {Reminder(1)});
  Call<ShardResult>(&Schedule::Trim, kShard, executor_.time.Wall() - absl::Hours(24 * 7));
  EXPECT_EQ(redis_.Run({"XLEN", "{s17}:receipts"}), "1");
  Call<ShardResult>(&Schedule::Trim, kShard, executor_.time.Wall() + absl::Hours(1));
  EXPECT_EQ(redis_.Run({"XLEN", "{s17}:receipts"}), "0");
}

TEST_F(RedisScheduleTest, FullMemoryRefusesClaimsAndStillTakesReceipts) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}, {Reminder(2), kNoon}});
  const ClaimResult claimed = Claim(kNoon, 1);
  redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(Claim().status, ScheduleStatus::kRefused);
  EXPECT_EQ(Apply(11, 12, {{Reminder(3), kNoon}}).status, ScheduleStatus::kRefused);
  EXPECT_EQ(Complete(claimed.fence, claimed.claimed[0].member, "r", {}).status,
            ScheduleStatus::kOk);
  redis_.Run({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_THAT(Claim().claimed, SizeIs(1));
}

TEST_F(RedisScheduleTest, ReplicaThatConnectsInFullMemory_IsServed) {
  OpenShard();
  redis_.Run({"CONFIG", "SET", "maxmemory", "1"});
  WaitingExecutor other_executor;
  const std::unique_ptr<Schedule> other = Connect(other_executor);
  const auto heads = other_executor.Await<HeadsResult>(
      [&](Schedule::Done<HeadsResult> done) { other->Heads(std::move(done)); });
  ASSERT_TRUE(heads.has_value());
  EXPECT_EQ(heads->status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ReadOnlyServerIsUnavailableAndComesBack) {
  OpenShard();
  redis_.Run({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_EQ(Heads().status, ScheduleStatus::kUnavailable) << "said before anything is written";
  EXPECT_EQ(Apply(10, 11, {}).status, ScheduleStatus::kUnavailable);
  redis_.Run({"REPLICAOF", "NO", "ONE"});
  ShardResult result;
  for (int i = 0; i < 100000 && result.status != ScheduleStatus::kOk; ++i)
    result = Apply(10, 11, {});
  EXPECT_EQ(result.status, ScheduleStatus::kOk);
}

TEST_F(RedisScheduleTest, ServerThatIsGoneIsUnavailable) {
  OpenShard();
  redis_.Kill();
  EXPECT_EQ(Heads().status, ScheduleStatus::kUnavailable);
  EXPECT_EQ(Claim().status, ScheduleStatus::kUnavailable);
}

TEST_F(RedisScheduleTest, CallsInFlightAreAnsweredWhenTheScheduleGoes) {
  redis_.Freeze();
  int answers = 0;
  for (int i = 0; i < 5; ++i) schedule_->Heads([&answers](HeadsResult) { ++answers; });
  redis_.Thaw();
  schedule_.reset();
  executor_.RunUntil([&answers] { return answers == 5; });
  EXPECT_EQ(answers, 5);
}

class DurableRedisTest : public RedisScheduleTest {
 protected:
  DurableRedisTest()
      : RedisScheduleTest({"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy",
                           "noeviction"}) {}
};

TEST_F(DurableRedisTest, SettingsChangedWhileItRuns_ShowInVigilRedisDurable) {
  Metrics metrics;
  RedisScheduleOptions options;
  options.redis.address = redis_.Address();
  options.on_connect = ReportDurability(metrics);
  options.settings_every = absl::ZeroDuration();
  schedule_ = MakeRedisSchedule(options, executor_);
  const auto shows = [&](const char* value) {
    Heads();
    return metrics.Text().find(fmt::format("vigil_redis_durable {}\n", value)) != std::string::npos;
  };
  EXPECT_TRUE(shows("1"));
  redis_.Run({"CONFIG", "SET", "appendfsync", "everysec"});
  EXPECT_TRUE(shows("0"));
  redis_.Run({"CONFIG", "SET", "appendfsync", "always"});
  EXPECT_TRUE(shows("1"));
}

TEST_F(DurableRedisTest, RestartedServerKeepsAllUnderAForeignRunId) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  EXPECT_TRUE(durable_);
  redis_.Kill();
  redis_.Start();
  HeadsResult heads = Heads();
  while (heads.status != ScheduleStatus::kOk) heads = Heads();
  EXPECT_NE(heads.heads[kShard]->run_id, heads.server_run_id);
  EXPECT_EQ(heads.heads[kShard]->pending, 1);
  ClaimResult claimed = Claim();
  while (claimed.status == ScheduleStatus::kUnavailable) claimed = Claim();
  EXPECT_EQ(claimed.status, ScheduleStatus::kLost);
  EXPECT_EQ(Begin("e2", seen_).status, ScheduleStatus::kOk);
}

TEST_F(DurableRedisTest, Line10_AfterAKill_WhatWasDoneAndTheRevisionAgree) {
  OpenShard();
  std::atomic<int64_t> applied = 10;
  std::thread killer([&] {
    while (applied < 60) std::this_thread::yield();
    redis_.Kill();
  });
  ScheduleStatus status = ScheduleStatus::kOk;
  for (int i = 0; status == ScheduleStatus::kOk; ++i) {
    status = Apply(10 + i, 11 + i, {{Reminder(i), kNoon}}).status;
    if (status == ScheduleStatus::kOk) ++applied;
  }
  killer.join();
  redis_.Start();
  HeadsResult heads = Heads();
  while (heads.status != ScheduleStatus::kOk) heads = Heads();
  const Head& head = *heads.heads[kShard];
  EXPECT_EQ(head.applied - 10, head.pending);
  EXPECT_GE(head.applied, applied) << "what was answered is there";
  EXPECT_LE(head.applied, applied + 1) << "one more may have been written and not answered";
}

TEST(ScheduleLibrary, EveryNameCarriesTheVersion) {
  const RedisLibrary& library = ScheduleLibrary();
  EXPECT_EQ(library.source.find("@VERSION@"), std::string::npos);
  EXPECT_NE(library.source.find("#!lua name=vigil_" + library.version), std::string::npos);
  EXPECT_EQ(library.Function("claim"), "vigil_claim_" + library.version);
}

}  // namespace
}  // namespace vigil::alert
