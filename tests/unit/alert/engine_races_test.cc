#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "tests/unit/alert/engine_fixture.h"

// What the engine does where two things happen at one time.
namespace vigil::alert {
namespace {

using registry::v1::Receipt;

// A link so slow, one way.
void Slow(sim::Link& link, absl::Duration way) { link.least = link.most = way; }

v1::Policy ToldInADigestTheDayBefore() {
  v1::Policy ending;
  ending.set_name("policies/ending");
  ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  ending.add_lead_days(1);
  ending.set_channel(v1::Policy::CHANNEL_DAILY);
  ending.set_escalate_after_hours(-1);
  return ending;
}

TEST_F(EngineTest, WhatIsOwedAgainWhileItIsBeingDroppedIsNotForgotten) {
  Run(absl::Seconds(20));  // no audit is near
  PutDeadline(1);
  RunUntilTaken(1);
  Run(absl::Seconds(1));
  // A lead is due while the news of another date waits for its next attempt, and is dropped.
  weather_.down_until["receivers/desk"] = queue_.wall() + absl::Seconds(20);
  PutDeadline(-9);
  bool claimed = false;
  redis_.on_claim = [&](const Member& member) {
    if (member.step != 10) return;
    claimed = true;
    Slow(*replica_->redis_link, absl::Milliseconds(500));
  };
  const std::vector<Planned>& plan = replica_->engine.core().planner.PlanOf(kCase);
  const auto planned = [&](int step) {
    return std::find_if(plan.begin(), plan.end(), [&](const Planned& p) { return p.step == step; });
  };
  for (int i = 0; i < 10'000 && !(claimed && planned(10) == plan.end()); ++i) {
    Run(absl::Milliseconds(1));
  }
  ASSERT_TRUE(claimed);
  ASSERT_NE(planned(kMovedStep), plan.end());
  // Before it is gone another replica's word of the news comes in, told before the lead was due.
  Slow(*replica_->redis_link, absl::Milliseconds(1));
  weather_.down_until.clear();
  registry_.Record(
      {ReceiptOf(*planned(kMovedStep), kCase, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT,
                 Receipt::KIND_SENT, queue_.now() - absl::Hours(20))});
  Run(absl::Seconds(5));
  ASSERT_EQ(sink_.taken().size(), 2u);
  EXPECT_EQ(sink_.taken()[1].message.items[0].step, 10);
}

TEST_F(EngineTest, WhoStoodStillWhileTheRegistryWasRestoredRepairsNothingByTheJournalBefore) {
  PutDeadline(3);
  Run(absl::Seconds(2));
  registry_.Save();
  for (int i = 0; i < 9; ++i) registry_.SetDeadlines("cases/c-other", {});
  Run(absl::Seconds(2));
  const std::int64_t heard = registry_.revision();
  Replica other(queue_, redis_, registry_, sink_, weather_, days_, -1);
  Run(absl::Seconds(2));
  replica_->executor.FreezeUntil(queue_.wall() + absl::Seconds(15));
  replica_->feed.Cut();
  other.feed.Cut();
  registry_.Restore();
  RunUntilTaken(1);
  Run(absl::Seconds(2));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 1);
  while (registry_.revision() < heard) registry_.SetDeadlines("cases/c-other", {});
  ASSERT_EQ(registry_.revision(), heard) << "nothing in the revision tells the journals apart";
  const int losses = replica_->losses;
  Run(absl::Seconds(20));
  EXPECT_EQ(sink_.taken().size(), 1u);
  EXPECT_EQ(replica_->losses, losses) << "they follow the journal that there is";
}

TEST_F(EngineTest, ARebuildGoesOnOnceTheRegistryIsBack) {
  redis_.Wipe();
  Run(absl::Seconds(2));
  replica_->registry_link->up = false;
  replica_->feed.Cut();
  Run(absl::Seconds(7));
  ASSERT_EQ(replica_->engine.Status().live_shards, 0);
  replica_->registry_link->up = true;
  Run(absl::Seconds(3));
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
}

TEST_F(EngineTest, WhoTakesARebuildOverHoldsNobodyUpAgain) {
  redis_.Wipe();
  Run(absl::Seconds(2));
  Restart();
  Run(absl::Seconds(7));
  ASSERT_EQ(replica_->engine.Status().live_shards, 0) << "who died has a lease of ten seconds";
  Run(absl::Seconds(4));
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
}

TEST_F(EngineTest, WhatIsInADigestOnItsWayIsNotSentAloneWhereItsDateWentAndCameBack) {
  Put(ToldInADigestTheDayBefore());
  const auto put = [&](const char* date) {
    registry::v1::Deadline deadline;
    deadline.set_name(std::string(kCase) + "/deadlines/d-1");
    deadline.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
    deadline.set_earliest(date);
    deadline.set_latest(date);
    registry_.SetDeadlines(kCase, {deadline});
  };
  ASSERT_EQ(civil::FormatDay(Today()), "2018-05-03") << "a Thursday";
  put("2018-05-06");  // a Sunday: in Friday's digest, and the next one is too late
  weather_.slow = 1;
  for (int i = 0; i < 1000 && sink_.attempts().empty(); ++i) Run(absl::Milliseconds(10));
  ASSERT_EQ(sink_.attempts().size(), 1u);
  put("2018-05-10");
  Run(absl::Milliseconds(100));
  put("2018-05-06");
  Run(absl::Seconds(40));
  ASSERT_EQ(Journaled(Receipt::KIND_IN_DIGEST), 1);
  EXPECT_EQ(sink_.attempts().size(), 1u) << "one message, under one id";
}

TEST_F(EngineTest, DigestOfWhoIsBehindDoesNotTellWhatWasAnsweredBeforeItWasClaimed) {
  Put(ToldInADigestTheDayBefore());
  PutDeadline(-16, kCase, registry::v1::DEADLINE_KIND_SENTENCE_END);
  PutDeadline(-16, "cases/c-other", registry::v1::DEADLINE_KIND_SENTENCE_END);
  Replica other(queue_, redis_, registry_, sink_, weather_, days_, -1);
  Run(absl::Seconds(4));
  const Planned planned = replica_->engine.core().planner.PlanOf(kCase).at(0);
  ASSERT_EQ(planned.channel, Channel::kDigest);
  while (queue_.now() < planned.due - absl::Seconds(1) * kRate) Run(absl::Milliseconds(10));
  other.registry_link->least = other.registry_link->most = absl::Seconds(2);
  Receipt receipt = ReceiptOf(planned, kCase, registry::v1::DEADLINE_KIND_SENTENCE_END,
                              Receipt::KIND_ACKNOWLEDGED, queue_.now());
  receipt.clear_receiver();
  std::optional<absl::Status> answer;
  replica_->executor.Post([&] {
    replica_->engine.Act(receipt, [&](absl::Status status) {
      answer = status;
      replica_->executor.FreezeUntil(queue_.wall() + absl::Seconds(30));
    });
  });
  Run(absl::Milliseconds(200));
  ASSERT_TRUE(answer && answer->ok());
  RunUntilTaken(1);
  ASSERT_EQ(sink_.taken()[0].message.items.size(), 1u);
  EXPECT_EQ(ParentOf(sink_.taken()[0].message.items[0].deadline.name()), "cases/c-other");
}

TEST_F(EngineTest, WhatIsTakenOverIsAmbiguousAlsoWhereItIsOwedNoMore) {
  PutDeadline(1);
  weather_.slow = 1;
  for (int i = 0; i < 1000 && sink_.attempts().empty(); ++i) Run(absl::Milliseconds(10));
  ASSERT_EQ(sink_.attempts().size(), 1u);
  Restart();
  registry_.SetDeadlines(kCase, {});
  Run(absl::Seconds(20));
  EXPECT_EQ(sink_.attempts().size(), 1u);
  EXPECT_EQ(replica_->ambiguous, 1);
}

// Fifteen days ahead the first lead is past, and the second is what the shard is given.
TEST_F(EngineTest, WhatWasPlannedByAClockSetAheadIsPlannedAnewWhenItIsSetBack) {
  PutDeadline(2);
  Run(absl::Seconds(1));
  replica_->clock.set_skew(absl::Seconds(60));
  PutDeadline(4);
  Run(absl::Seconds(2));
  replica_->clock.set_skew(absl::ZeroDuration());
  Run(absl::Seconds(20));
  ASSERT_EQ(sink_.taken().size(), 1u);
  EXPECT_EQ(sink_.taken()[0].message.items[0].step, 20);
}

// A replica holds a shard to be lost from which another one goes on until the rebuild begins.
TEST_F(EngineTest, ARebuildOfALiveShardWaitsForWhoClaimedFromItBefore) {
  PutDeadline(2);
  Run(absl::Seconds(2));
  registry_.Save();
  for (int i = 0; i < 9; ++i) registry_.SetDeadlines("cases/c-other", {});
  Run(absl::Seconds(2));
  const int losses = replica_->losses;
  replica_->feed.Cut();
  registry_.Restore();
  for (int i = 0; i < 10'000 && replica_->losses == losses; ++i) Run(absl::Milliseconds(1));
  const int shard = ShardOf(kCase, kShardCount);
  const Head head = *redis_.Heads().heads[shard];
  // Redis answers nothing for longer than a lease.
  redis_.set_mood(sim::RedisModel::Mood::kBusy);
  Run(absl::Seconds(8));
  redis_.set_mood(sim::RedisModel::Mood::kWell);
  ClaimRequest claim;
  claim.shard = shard;
  claim.seen = {head.epoch, head.seq};
  claim.due_until = queue_.now() + absl::Hours(24 * 30);
  claim.wall = queue_.wall();
  claim.lease = EngineOptions().lease;
  const absl::Time claimed = queue_.wall();
  ASSERT_EQ(redis_.Claim(claim).status, ScheduleStatus::kOk);
  const auto rebuilt = [&] {
    const Head& now = *redis_.Heads().heads[shard];
    return now.state == ShardState::kLive && now.epoch != head.epoch;
  };
  for (int i = 0; i < 3000 && !rebuilt(); ++i) Run(absl::Milliseconds(10));
  ASSERT_TRUE(rebuilt());
  EXPECT_GE(queue_.wall(), claimed + claim.lease);
}

}  // namespace
}  // namespace vigil::alert
