// The schedule against a real Redis: what engine.md sections 3, 4 and 8 promise of each call, and
// lines 8 and 10 of the feed's contract (journal.proto).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/schedule/redis_schedule_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(RedisScheduleTest, NoLeaseEndsWithinOneLeaseOfTheClockBeingSet) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  Claim(kNoon, 1, absl::Milliseconds(-1));
  LetLeasesEnd();
  LetLeasesEnd();
  // As good as the time of day set ahead by three seconds.
  executor_.time.Turn(absl::Seconds(-3));
  EXPECT_THAT(Claim().claimed, IsEmpty());
  LetLeasesEnd();
  EXPECT_THAT(Claim().claimed, SizeIs(1));
}

TEST_F(RedisScheduleTest, LeaseGivenBeforeTheClockWasSetBackEndsToo) {
  OpenShard();
  Apply(10, 11, {{Reminder(1), kNoon}});
  const ClaimResult dead = Claim(kNoon, 1, absl::Hours(1));
  ASSERT_THAT(dead.claimed, SizeIs(1));
  LetLeasesEnd();
  const ClaimResult heir = Claim();
  ASSERT_THAT(heir.claimed, SizeIs(1));
  EXPECT_TRUE(heir.claimed[0].taken_over);
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
                                                       absl::Seconds(9)});
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

TEST_F(RedisScheduleTest, TheWeeksFindingsAreSealedInOneDigestAndFixNothingAlone) {
  OpenShard();
  Member dates = Reminder(0);
  dates.form = MemberForm::kDigest;
  Member alone = dates;
  alone.form = MemberForm::kFindings;
  Member later = dates;
  later.earliest += std::chrono::days(1);
  Apply(10, 11, {{dates, kNoon}, {alone, kNoon}, {later, kNoon}});
  const ClaimResult claimed = Claim();
  const auto seal = [&](const Member& digest, std::vector<Member> items) {
    return Call<SealResult>(&Schedule::Seal,
                            SealRequest{kShard, seen_, claimed.fence, digest, items})
        .items;
  };
  EXPECT_THAT(seal(dates, {alone}), ElementsAre());
  EXPECT_EQ(redis_.Run({"HLEN", "{s17}:sealed"}), "0");
  EXPECT_THAT(seal(dates, {Reminder(1), alone}), ElementsAre(Reminder(1), alone));
  EXPECT_THAT(seal(alone, {alone}), ElementsAre());
  Complete(claimed.fence, dates, "r", {dates, Reminder(1)});
  EXPECT_THAT(seal(alone, {alone}), ElementsAre(alone));
  EXPECT_THAT(seal(later, {Reminder(2), alone}), ElementsAre(Reminder(2)));
}

}  // namespace
}  // namespace vigil::alert
