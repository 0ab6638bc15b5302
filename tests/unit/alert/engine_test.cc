#include "alert-svc/engine/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/engine/pulse.h"
#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

TEST_F(EngineTest, SendIsCutBeforeItsLeaseIsAnothers) {
  weather_.slow = 1;
  PutDeadline(1);
  for (int i = 0; i < 200 && replica_->engine.core().sending.empty(); ++i) {
    Run(absl::Milliseconds(50));
  }
  ASSERT_FALSE(replica_->engine.core().sending.empty());
  replica_->redis_link->up = false;
  Run(absl::Seconds(5));
  EXPECT_TRUE(replica_->engine.core().sending.empty()) << "it would take half a minute";
  EXPECT_EQ(Journaled(Receipt::KIND_FAILED), 1) << "its receipt went straight to the registry";
}

TEST_F(EngineTest, ShardsThatAreDueTogetherAreClaimedTogether) {
  for (int i = 0; i < 8; ++i) PutDeadline(1, "cases/c-" + std::to_string(i));
  RunUntilTaken(8);
  const absl::Duration apart = sink_.attempts()[7].began - sink_.attempts()[0].began;
  EXPECT_LT(apart, absl::Milliseconds(100)) << "none waits for the sends of another shard";
}

TEST_F(EngineTest, TheFirstDigestOfAWeekTellsTheFindingsOfItsCases) {
  replica_->feed.has_findings = true;
  v1::Policy daily;
  daily.set_name("policies/daily");
  daily.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  daily.set_channel(v1::Policy::CHANNEL_DAILY);
  for (int lead = 0; lead < 20; ++lead) daily.add_lead_days(lead);
  daily.set_any_day(true);
  Put(daily);
  registry::v1::Deadline deadline;
  deadline.set_name(std::string(kCase) + "/deadlines/d-1");
  deadline.set_kind(registry::v1::DEADLINE_KIND_SENTENCE_END);
  deadline.set_earliest(civil::FormatDay(Today() + std::chrono::days(25)));
  deadline.set_latest(deadline.earliest());
  registry_.SetDeadlines(kCase, {deadline});
  RunUntilTaken(10);
  int weekly = 0, others = 0;
  std::set<civil::Day> days;
  for (const sim::Attempt& attempt : sink_.attempts()) {
    if (attempt.message.form != Message::Form::kDigest) continue;
    EXPECT_TRUE(days.insert(attempt.message.today).second) << "none of findings alone beside it";
    const bool monday = std::chrono::weekday(attempt.message.today) == std::chrono::Monday;
    ++(monday ? weekly : others);
    ASSERT_EQ(attempt.message.findings.size(), monday ? 1u : 0u);
    if (!monday) continue;
    EXPECT_EQ(attempt.message.findings[0].name(), std::string(kCase) + "/findings/f-1");
    EXPECT_EQ(attempt.message.findings[0].text(), "") << "the receiver is not private";
  }
  EXPECT_GT(weekly, 0);
  EXPECT_GT(others, 0);
}

TEST_F(EngineTest, ShardIsNotOpenedBeforeItsStreamWasRead) {
  PutDeadline(1);
  RunUntilTaken(1);
  replica_->registry_link->up = false;
  Run(absl::Seconds(3));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 0) << "the stream alone has the receipt";
  redis_.Restart(true);
  redis_.set_streams_away(true);
  Restart();
  Run(absl::Seconds(15));
  EXPECT_EQ(sink_.taken().size(), 1u) << "it was sent, as the stream would say";
  redis_.set_streams_away(false);
  Run(absl::Seconds(15));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  EXPECT_EQ(sink_.taken().size(), 1u);
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
}

TEST_F(EngineTest, ReceiptSurvivesALossThatItsReplicaDidNotSee) {
  PutDeadline(1);
  RunUntilTaken(1);
  replica_->registry_link->up = false;
  Run(absl::Seconds(3));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 0);
  replica_->redis_link->up = false;
  redis_.Wipe();
  registry_.SetDeadlines(kCase, {});
  Replica other(queue_, redis_, registry_, sink_, weather_, days_, -1);
  Run(absl::Seconds(15));
  ASSERT_EQ(other.engine.Status().live_shards, kShardCount);
  replica_->redis_link->up = replica_->registry_link->up = true;
  Run(absl::Seconds(10));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 2) << "the lead, and that its date is gone";
}

TEST_F(EngineTest, RollBackIsNoticedWhereSomebodyWentOnWhoHadNotSeenWhatWasLost) {
  const int shard = ShardOf(kCase, kShardCount);
  redis_.SaveForRollback();
  PutDeadline(1);
  Run(absl::Seconds(1));
  ASSERT_EQ(redis_.applied(shard), registry_.revision());
  const Head lost = *redis_.Heads().heads[shard];
  redis_.RollBack();
  ASSERT_LT(redis_.applied(shard), registry_.revision());
  for (int i = 0; i < 9; ++i) redis_.Release(shard, {lost.epoch, 0}, absl::InfinitePast());
  ASSERT_GT(redis_.Heads().heads[shard]->seq, lost.seq);
  RunUntilTaken(1);
  EXPECT_EQ(redis_.applied(shard), registry_.revision());
}

TEST_F(EngineTest, RestoredRegistryGetsItsReceiptsBackAndTheShardsFollowIt) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  registry_.Save();
  RunUntilTaken(1);
  Run(absl::Seconds(5));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 1);
  replica_->feed.Cut();
  registry_.Restore();
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 0);
  Run(absl::Seconds(30));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
  for (int shard = 0; shard < kShardCount; ++shard) {
    EXPECT_LE(redis_.applied(shard), registry_.revision());
  }
  RunUntilTaken(2);
  EXPECT_EQ(sink_.taken()[1].message.items[0].step, 10) << "the next lead, and nothing before it";
}

TEST_F(EngineTest, RestoredRegistryGetsBackWhatWasNeverInAStream) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  registry_.Save();
  for (int i = 0; i < 1000 && sink_.attempts().empty(); ++i) Run(absl::Milliseconds(10));
  replica_->redis_link->up = false;
  Run(absl::Seconds(8));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 1) << "straight to the registry";
  replica_->redis_link->up = true;
  replica_->feed.Cut();
  registry_.Restore();
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 0);
  Run(absl::Seconds(20));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  ASSERT_EQ(sink_.taken().size(), 1u);
}

TEST_F(EngineTest, RestoredRegistryGetsBackWhatWasInAStreamThatIsLost) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  registry_.Save();
  RunUntilTaken(1);
  Run(absl::Seconds(5));
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 1);
  redis_.Wipe();
  Run(absl::Seconds(10));
  replica_->feed.Cut();
  registry_.Restore();
  ASSERT_EQ(Journaled(Receipt::KIND_SENT), 0);
  Run(absl::Seconds(20));
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  EXPECT_EQ(sink_.taken().size(), 1u);
}

TEST_F(EngineTest, ReplicaThatStartsAfterTheRestoreFindsTheShardsForeign) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  registry_.Save();
  RunUntilTaken(1);
  for (int i = 0; i < 9; ++i) {
    registry_.SetDeadlines("cases/c-other", {});
    Run(absl::Seconds(1));
  }
  replica_->feed.Cut();
  registry_.Restore();
  Restart();
  Run(absl::Seconds(30));
  EXPECT_GT(replica_->losses, 0);
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
  EXPECT_EQ(replica_->engine.Status().live_shards, kShardCount);
}

TEST_F(EngineTest, ReceiptsOfAnEarlierEpochForgetNothingOfThisOne) {
  const auto more = [this](int times) {
    for (int i = 0; i < times; ++i) {
      PutDeadline(1);
      Run(absl::Seconds(8));
    }
  };
  more(4);
  redis_.Restart(true);
  Run(absl::Seconds(20));
  Restart();
  Run(absl::Seconds(20));
  more(1);
  EXPECT_EQ(redis_.bad_forgets(), 0);
}

TEST_F(EngineTest, WhatADigestHoldsWhoseReplicaDiedIsInNoOther) {
  v1::Policy ending;
  ending.set_name("policies/ending");
  ending.add_kinds(registry::v1::DEADLINE_KIND_SENTENCE_END);
  ending.add_lead_days(20);
  ending.set_channel(v1::Policy::CHANNEL_DAILY);
  ending.set_escalate_after_hours(-1);
  Put(ending);
  PutDeadline(1, kCase, registry::v1::DEADLINE_KIND_SENTENCE_END);
  for (int i = 0; i < 200 && sink_.attempts().empty(); ++i) Run(absl::Milliseconds(50));
  ASSERT_EQ(sink_.attempts().size(), 1u);
  replica_.reset();
  Run(absl::Seconds(40));  // by then its day is long past, and the plan has another one
  Restart();
  Run(absl::Seconds(30));
  ASSERT_EQ(Journaled(Receipt::KIND_IN_DIGEST), 1);
  std::set<std::string> ids;
  for (const sim::Attempt& attempt : sink_.attempts()) ids.insert(attempt.message.id);
  EXPECT_EQ(ids.size(), 1u);
}

TEST_F(EngineTest, UnreadableReceiptsAreCountedAndHoldUpNothing) {
  PutDeadline(1);
  Run(absl::Seconds(2));
  redis_.Append(ShardOf(kCase, kShardCount), "no message");
  RunUntilTaken(1);
  Run(absl::Seconds(5));
  EXPECT_GT(replica_->unreadable, 0);
  EXPECT_EQ(Journaled(Receipt::KIND_SENT), 1);
}

TEST_F(EngineTest, OnCall1206_RestartedAgainAndAgainBeforeItsHour_IsToldAtIt) {
  PutDeadline(5);
  for (int i = 0; i < 8; ++i) {
    Restart();
    Run(absl::Seconds(2));
  }
  EXPECT_TRUE(sink_.taken().empty());
  RunUntilTaken(1);
  EXPECT_EQ(sink_.taken().size(), 1u);
}

TEST_F(EngineTest, Sidekiq843_ReplicaThatDiesWithWhatItClaimed_IsFollowedByOneThatTellsIt) {
  int claims = 0;
  redis_.on_claim = [&](const Member&) { ++claims; };
  PutDeadline(3);
  for (int i = 0; i < 100'000 && claims == 0; ++i) Run(absl::Milliseconds(1));
  Restart();
  ASSERT_EQ(claims, 1);
  RunUntilTaken(1);
  EXPECT_GE(claims, 2);
}

TEST_F(EngineTest, Asynq548_ReminderStartsWhenItIsDueAndNotWhenSomebodyNextLooks) {
  PutDeadline(3);
  RunUntilTaken(1);
  EXPECT_LT(replica_->latest, kRate * EngineOptions().poll / 10);
}

TEST_F(EngineTest, AuditsOfAHealthyEngineRepairNothing) {
  PutDeadline(3);
  for (int day = 0; day < 5; ++day) {
    PutDeadline(30 + day, "cases/c-later");
    Run(absl::Seconds(70));
  }
  Restart();
  Run(absl::Seconds(70));
  const AuditFound& repaired = replica_->repaired;
  EXPECT_GT(replica_->audits, 0);
  EXPECT_EQ(repaired.missing + repaired.wrong + repaired.extra, 0u);
}

TEST_F(EngineTest, AuditCountsWhatItFindsByItsKindOnceItIsPutRight) {
  std::vector<registry::v1::Deadline> deadlines(3);
  for (registry::v1::Deadline& deadline : deadlines) {
    deadline.set_name(std::string(kCase) + "/deadlines/d-" +
                      std::to_string(&deadline - &deadlines[0]));
    deadline.set_kind(registry::v1::DEADLINE_KIND_CUSTODY_LIMIT);
    deadline.set_earliest("2030-01-10");
    deadline.set_latest("2030-01-10");
  }
  registry_.SetDeadlines(kCase, deadlines);
  Run(absl::Seconds(40));
  const int shard = ShardOf(kCase, kShardCount);
  const auto before = redis_.List(shard).members;
  ASSERT_EQ(before.size(), 3u);
  Member strange = before[0].member;
  strange.deadline ^= 1;
  Tamper(shard, {{before[0].member, std::nullopt},
                 {before[1].member, before[1].due + absl::Hours(1)},
                 {strange, before[0].due}});
  Run(absl::Seconds(40));
  EXPECT_EQ(replica_->repaired.missing, 1u);
  EXPECT_EQ(replica_->repaired.wrong, 1u);
  EXPECT_EQ(replica_->repaired.extra, 1u);
  const auto after = redis_.List(shard).members;
  ASSERT_EQ(after.size(), 3u);
  for (const ListedMember& listed : before) {
    EXPECT_TRUE(std::any_of(after.begin(), after.end(), [&](const ListedMember& one) {
      return one.member == listed.member && one.due == listed.due;
    }));
  }
}

TEST_F(EngineTest, RepairThatRedisRefusesIsCountedOnceItIsTaken) {
  v1::Subscription quiet = world().settings().subscriptions().at("subscriptions/desk");
  quiet.set_no_digest(true);  // nor does anything happen each Monday
  Put(quiet);
  PutDeadline(3000);
  Run(absl::Seconds(40));
  const int shard = ShardOf(kCase, kShardCount);
  Tamper(shard, {{redis_.List(shard).members.at(0).member, std::nullopt}});
  redis_.set_mood(sim::RedisModel::Mood::kFull);
  Run(absl::Seconds(70));
  EXPECT_EQ(replica_->repaired.missing, 0u);
  redis_.set_mood(sim::RedisModel::Mood::kWell);
  Run(absl::Seconds(40));
  EXPECT_EQ(replica_->repaired.missing, 1u);
}

TEST_F(EngineTest, ForecastOfTomorrowFollowsThePlanUntilTheDayComes) {
  breaker_least_ = 50;
  Restart();
  const civil::Day before = Today();
  while (Today() == before) Run(absl::Milliseconds(50));
  const civil::Day today = Today();
  const civil::Day tomorrow = today + std::chrono::days(1);
  for (int i = 0; i < 60 && !ForecastOf(tomorrow); ++i) Run(absl::Milliseconds(50));
  ASSERT_EQ(ForecastOf(tomorrow), 0) << "before the import";
  PutDeadline(1);
  Run(absl::Milliseconds(1500));
  ASSERT_EQ(Today(), today);
  EXPECT_EQ(ForecastOf(tomorrow), 1);
  RunUntilTaken(1);
  Run(absl::Seconds(1));
  ASSERT_EQ(Today(), tomorrow);
  EXPECT_EQ(ForecastOf(tomorrow), 1) << "once the day has come it stays";
  Run(absl::Seconds(4));
  EXPECT_EQ(ForecastOf(tomorrow), 1) << "also as that of the day before";
}

TEST_F(EngineTest, ForecastThatStaysTheSameIsJournaledOnceADay) {
  breaker_least_ = 50;
  Restart();
  Run(absl::Seconds(40));  // ten days
  EXPECT_GE(Forecasts(), 9);
  EXPECT_LE(Forecasts(), 11);
}

TEST_F(EngineTest, ReplicaOfAnOlderPlanThanTheShardsLagsOnceTheJournalGoesOn) {
  replica_->engine.PlanAnew("1/");
  PutDeadline(40);
  Run(absl::Seconds(5));
  Restart();
  Run(absl::Seconds(70));
  EXPECT_TRUE(CheckPulse(replica_->engine.Status()).ok());
  PutDeadline(50);
  Run(absl::Seconds(70));
  EXPECT_GT(replica_->engine.Status().lag, absl::Minutes(1));
  EXPECT_FALSE(CheckPulse(replica_->engine.Status()).ok());
  replica_->engine.PlanAnew("1/");
  Run(absl::Seconds(5));
  EXPECT_TRUE(CheckPulse(replica_->engine.Status()).ok());
}

TEST_F(EngineTest, ReplicaOfAnOlderPlanChangesNothingOfWhatANewerOneOwes) {
  replica_->engine.PlanAnew("1/");
  PutDeadline(10);
  Run(absl::Seconds(5));
  Restart();
  Run(absl::Seconds(20));
  PutDeadline(20);  // by its own plan the shard is to hold another date
  const int shard = ShardOf(kCase, kShardCount);
  Member theirs = redis_.List(shard).members.at(0).member;
  theirs.step = 3;  // by theirs that is due now
  int claims = 0;
  redis_.on_claim = [&](const Member&) { ++claims; };
  Tamper(shard, {{theirs, queue_.now()}});
  Run(absl::Seconds(5));
  EXPECT_GT(claims, 0);
  const ListResult held = redis_.List(shard);
  ASSERT_EQ(held.members.size(), 2u);
  for (const ListedMember& one : held.members) {
    EXPECT_EQ(one.member.earliest, theirs.earliest) << "the date that the newer plan named";
  }
}

TEST_F(EngineTest, ShardsThatFollowABusyJournalDoNotLag) {
  for (int i = 0; i < 150; ++i) {
    PutDeadline(100 + i);
    Run(absl::Milliseconds(500));
    ASSERT_LT(replica_->engine.Status().lag, absl::Seconds(10));
  }
}

TEST_F(EngineTest, ManyReceiptsGoInSeveralRequests) {
  registry::v1::ReceiptsRecorded recorded;
  for (int i = 0; i < 5000; ++i) {
    Receipt& receipt = *recorded.add_receipts();
    receipt.set_id("r-" + std::to_string(i));
    receipt.set_kind(Receipt::KIND_MUTED);
    receipt.set_parent(kCase);
    receipt.set_deadline(std::string(kCase) + "/deadlines/d-1");
  }
  redis_.Append(ShardOf(kCase, kShardCount), recorded.SerializeAsString());
  Restart();
  Run(absl::Seconds(20));
  EXPECT_EQ(Journaled(Receipt::KIND_MUTED), 5000);
  for (const auto& change : registry_.journal()) {
    for (const auto& item : change.items()) {
      EXPECT_LE(item.receipts_recorded().receipts_size(), 1000);
    }
  }
}

}  // namespace
}  // namespace vigil::alert
