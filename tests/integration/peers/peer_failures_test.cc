// The museum: how other schedulers, alerting systems and watched stores failed their users, each
// with the tests that keep ours from it. test_table.py holds the list to what is there.
//
// Dawarich 3704, Sidekiq 2119, 2901: an empty Redis is nothing to do
//   test_catastrophe.test_redis_emptied_is_noticed_and_every_reminder_comes_back
//   RedisScheduleTest.FlushIsSeenByTheNextHeadsAndTheShardRebuilds
// Redis Sentinel, Redis-Raft (Jepsen): a replica that knows less is promoted
//   RedisScheduleTest.LowerSeqIsRolledBackAndAnotherEpochIsLost
//   test_redis_states.test_rolled_back_to_an_old_file
// Sidekiq 2883, BullMQ 419, 1046, fleetyards 4335: a Redis that evicts loses jobs
//   PeerFailuresInEvictingRedis.Sidekiq2883_RedisThatMayEvict_IsSaidToBeNotDurable
//   RedisScheduleTest.FullMemoryRefusesClaimsAndStillTakesReceipts
// Sidekiq: 25 of 6,000 jobs lost with killed workers
//   test_kills.test_nothing_is_lost_and_nothing_told_twice_but_in_the_gap
//   RedisScheduleTest.LeaseThatEndedGoesToTheNextClaimWithANewFence
// Sidekiq 843, asynq 1144: taken out by who dies before it is passed on
//   RedisScheduleTest.LeaseThatEndedGoesToTheNextClaimWithANewFence
//   PeerFailuresInDurableRedis.Asynq_RedisKilledAmidClaims_HasEachReminderInOneIndex
//   EngineTest.Sidekiq843_ReplicaThatDiesWithWhatItClaimed_IsFollowedByOneThatTellsIt
// asynq 548: told when a poller next looks
//   EngineTest.Asynq548_ReminderStartsWhenItIsDueAndNotWhenSomebodyNextLooks
// BullMQ: a score multiplied by 4,096 overflows in 2039
//   PeerFailuresInRedis.BullMq_ReminderBeyond2039_IsHandedOutAtItsMillisecond
// BullMQ, asynq: scripts touch keys that they do not declare
//   PeerFailuresInRedis.BullMq_FunctionsTouchTheKeysOfTheirShardAlone
// asynq: active without a lease, an orphan
//   PeerFailuresInRedis.Asynq_WhatIsClaimed_IsInOneIndexAtEveryMoment
//   PeerFailuresInDurableRedis.Asynq_RedisKilledAmidClaims_HasEachReminderInOneIndex
// Celery, kombu 337: what is scheduled further ahead than a visibility runs twice
//   PeerFailuresInRedis.Kombu337_ReminderScheduledLongAhead_IsHandedOutOnce
// Alertmanager 1005, Quartz 29: two replicas send the same
//   RedisScheduleTest.TwoReplicasShareOneShard
//   RedisScheduleTest.Line8_CompleteWithAnotherFenceChangesNothing
//   Plan.PlannedTwice_PlansTheSame
// Redis: a lock that ran out is still believed in
//   RedisScheduleTest.Line8_CompleteWithAnotherFenceChangesNothing
//   RedisScheduleTest.RenewPutsTheEndOffAndNamesWhatIsLost
// Redis: time to live by a clock that jumps
//   RedisScheduleTest.WallClockThatDiffersIsRefused
// BullMQ 1658, 2466, 2534, Celery 8030, 10302, Sidekiq 309, 2028: silent for ever after a
// reconnect
//   PeerFailuresInDurableRedis.BullMq1658_ScheduleGoesOnAfterRedisWasFrozenKilledAndBack
//   test_proxies.test_each_wire_broken_in_each_way_is_met_and_overcome
// hiredis 252, 310, 335, 468, rtpengine 921: a broken context is used again
//   RedisScheduleTest.ServerThatIsGoneIsUnavailable
//   RedisScheduleTest.CallsInFlightAreAnsweredWhenTheScheduleGoes
// BullMQ 1822, Celery: one poisoned job is retried for ever and holds up the rest
//   PeerFailuresInRedis.BullMq1822_EntryThatNobodyCanRead_HoldsUpNoOther
//   Retry.WebhookLadderLastsThreeDaysAndEnds
// OnCall's auditor, which is not complete
//   test_redis_states.test_members_that_vanish_are_put_back_by_the_audit
// OnCall 1187, 3111: an escalation lost, or months late
//   Plan.UnansweredForOverAWeek_IsNoLongerEscalatedUnlessItWasTried
//   Escalation.PolicyChangedSince_TheAlertGoesOnAsItStarted
//   DefaultPolicy.StandInSilentToo_GoesToTheWholeTeam
// OnCall 1206: what waited for its hour is forgotten by a restart
//   EngineTest.OnCall1206_RestartedAgainAndAgainBeforeItsHour_IsToldAtIt
//   PlannerFixture.AfterASnapshotAnAlertEscalatesAsItStarted
//   Pulse.WhateverStopsAlertingStopsIt
// OnCall 1792, 3841, 4062, GoAlert 1919, Alertmanager 1860, Grafana 13364: nobody can take it on
// or be reminded again
//   Plan.Unanswered_GoesToTheStandInAndAnAcknowledgementEndsIt
//   Plan.Snoozed_SpeaksAgainWhenTheTimeIsUp
// Quartz 463: all that was missed fires at once
//   PeerFailures.Quartz463_ClockThatJumpsTo2099_OwesTheNewestOfEachDateAlone
//   BreakerTest.MoreThanAllowedHoldTheShardAndSayHowMany
//   BreakerTest.AClockThatJumpedHoldsEvenOne
//   test_assurance.test_too_much_at_once_is_held_until_it_is_let_go
// Quartz 81, Bull 2207, rq 2475: the hour that comes twice runs twice
//   PeerFailures.Quartz81_HourThatComesTwice_IsToldOnce
// Spring 36859: a midnight that does not exist skips its day
//   PeerFailures.Spring36859_EveryDayOfEveryZone_HasEachOfItsHours
// Celery 1604, 6438, 10107, 10608: an hour off after a change of the clocks
//   PeerFailures.Celery10608_LeadsAcrossAChangeOfTheClocks_KeepTheirLocalHour
//   Walked.EveryHourOfEveryDay_IsTheMomentTheClockShowsIt
//   TzdataUpdate.WhatIsToComeAfterTheChangeMovesByTheHour
// OnCall 5512: a zone nobody knows is taken for another
//   Seeds.UnknownZone_IsRefused
// Alertmanager 1806, 2934, OnCall, Celery: hours or minutes ahead, and no further
//   PeerFailures.Alertmanager1806_DateAtTheEndOfTheCentury_IsToldAtItsLeads
// Alertmanager 172, 560, 2048, 2304: nobody can tell what was sent to whom
//   AlertView.Told_IsSentUntilTheNextStepIsTold
//   AlertView.ToldInADigest_NamesTheDigest
//   test_assurance.test_why_somebody_is_told_and_why_somebody_is_not
//   test_assurance.test_what_was_told_is_proved_by_the_journal
// Alertmanager 2845, 3086: it cannot be tried before it matters
//   test_assurance.test_the_forecast_names_each_message_with_its_members_and_sends_nothing
//   test_assurance.test_a_test_message_says_so_and_leaves_no_receipt
// j-lawyer 2478: a case forgotten, since nothing reminds of it
//   test_assurance.test_cases_that_nobody_would_be_told_of
// Alertmanager 1494, 3496: one bad receiver holds up the rest
//   HttpTorture.ReceiverThatNeverAnswersDoesNotHoldUpAnother
//   SmtpTest.OneBadRecipientDoesNotHoldUpTheRest
// Alertmanager 2121: told to come later, it gives up
//   WebhookTest.OverloadIsTriedAgainNotBeforeWhatThePeerAsks
//   HttpTorture.RetryAfterAsADateIsHonoured
// Alertmanager 2286, 2932: refused for good, it asks again hundreds of times
//   SmtpTortures.ComeToTheRightOutcome
//   GateTest.BreakerOpensAfterFiveFailuresAndOneMessageDecides
// Alertmanager 3492, 4959: a silence too wide, by anybody, for ever
//   Settings.SilenceWithoutOwnerReasonOrEnd_IsRefused
//   Plan.SilenceAboutCustody_HoldsBackOnlyOnceASecondPersonApproved
// activepieces 14024, 14255, flarum 2969, onetimesecret 359, rask 1013: a scanner that opens links
// acts
//   test_may.test_opening_every_link_changes_nothing
//   test_action_links.test_an_alert_is_acknowledged_from_the_mail_that_told_of_it
// Toxiproxy's users: a webhook that leads inside the house
//   HttpTorture.NameThatLeadsInsideIsRefusedHoweverItIsSpelt
//   WebhookTest.RedirectIsNotFollowed
// adamgibbons/ics 259: a calendar that says to one program alone how often to fetch it
//   Feed.Event_HasItsDatesAndStaysTheSameEvent
// calich 87: an alarm that would have the reader's program send mail
//   Feed.Calich87_Alarm_IsShownAndNeverMailed
// moadim 362, ics 124, calino 165, lccal-worker 9, PixelsCamp 4: calendars that are only fetched
// remind nobody
//   test_mail.test_calendar_has_an_event_a_deadline_with_stable_uid
//   Feed.Withdrawn_IsCancelledWithAHigherSequenceAndRingsNoMore
// etcd 14370: told before it is durable
//   WatcherTest.Line2_NothingIsToldBeforeItIsDurable_Etcd14370
// etcd 20418: a stale read
//   WatcherTest.Line2_AnsweredWrite_IsInEveryLaterSnapshot_Etcd20418
// etcd 15220: a progress note ahead of the news
//   WatcherTest.Line5_BookmarkThatIsDue_ComesAfterTheNews_Etcd15220
// etcd 15271: a watch goes back in time
//   WatcherTest.Line7_AfterAReconnect_NoRevisionComesAgainBelowTheToken_Etcd15271
// etcd 17247: an event told twice
//   WatcherTest.Line7_RecordWrittenTwiceInOneCommit_IsToldOnceEach_Etcd17247
// etcd 17529: events lost by a slow watcher
//   WatcherTest.Line6_BurstLargerThanTheRing_LosesNothing_Etcd17529
// etcd 18089: an event dropped by compaction at a delete
//   WatchCompactionTest.Line3_CompactedAtADelete_TheDeleteIsToldToWhoResumesBeforeIt_Etcd18089
// etcd 19179: a delete missing at the compacted revision
//   WatchCompactionTest.Line3_WatchOpenedAtTheCompactedRevision_MissesNoDelete_Etcd19179
// etcd 20221: a watch from the future is answered
//   WatcherTest.Line3_FutureRevision_IsRefused_Etcd20221
// etcd 12528, 14019, 15247: leases believed in
//   RedisScheduleTest.NoLeaseEndsWithinOneLeaseOfRedisComingBack
// dotnet-operator-sdk 724, airflow 15418: a version that expired is asked for again, for ever
//   PeerFailures.Airflow15418_TokenThatIsRefused_IsGivenUpForASnapshot
//   WatchTest.TokensThatDoNotFit_AreRefusedEachInItsWay
// kubernetes-client/python 819: the place to resume is guessed from a list
//   WatchTest.Snapshot_ThenBookmarkThenWhatFollows
// outbox tables: numbers given before the commit are skipped by pollers
//   WatcherTest.Line1_CommandsThatShareACommit_AreARevisionEach
// etcd 11372, grpc-gateway 206, 1086, 1783, 2438, 4537: streams that browsers cannot read
//   LiveStream.Line9_Events_ComeWithTokensAndResumeAfterThem
//   LiveStream.Line9_NdjsonIsOneMessageALineWithItsToken
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "alert-svc/engine/core.h"
#include "alert-svc/engine/follower.h"
#include "alert-svc/schedule/redis_schedule.h"
#include "tests/testing/manual_clock.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class PeerFailures : public PlanFixture {
 protected:
  void LiveIn(const std::string& zone, int hour) {
    v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
    subscription.set_time_zone(zone);
    subscription.set_hour(hour);
    ASSERT_TRUE(settings_.Put(subscription).ok());
  }
};

TEST_F(PeerFailures, Alertmanager1806_DateAtTheEndOfTheCentury_IsToldAtItsLeads) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2099-12-18");
  EXPECT_THAT(Told("2018-05-01T09:00", "2100-01-01T00:00"),
              ElementsAre("30@2099-11-18", "7@2099-12-11", "1@2099-12-17"));
}

TEST_F(PeerFailures, Quartz463_ClockThatJumpsTo2099_OwesTheNewestOfEachDateAlone) {
  int number = 0;
  for (const auto kind :
       {registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, registry::v1::DEADLINE_KIND_SENTENCE_END,
        registry::v1::DEADLINE_KIND_MANUAL, registry::v1::DEADLINE_KIND_UN_FOLLOW_UP}) {
    for (const char* date : {"2018-06-05", "2019-06-05", "2040-06-05"}) {
      Add(fmt::format("d-{}", ++number), kind, date);
    }
  }
  std::map<std::string, int> past;
  std::set<absl::Time> moments;
  for (const Planned& planned : PlanAt("2099-01-05T09:30")) {
    if (planned.due > At("2099-01-12T10:00")) continue;
    ++past[planned.deadline];
    moments.insert(planned.due);
    EXPECT_EQ(planned.channel, Channel::kDigest) << planned.deadline;
  }
  for (const auto& [deadline, count] : past) EXPECT_EQ(count, 1) << deadline;
  EXPECT_THAT(past, SizeIs(number)) << "late is said, too";
  EXPECT_LE(moments.size(), 2u) << "a day's digest and Monday's";
}

TEST_F(PeerFailures, Quartz81_HourThatComesTwice_IsToldOnce) {
  // 4 November 2018, New York: 01:00 is at 05:00 and at 06:00 UTC.
  LiveIn("America/New_York", 1);
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-11-11");
  const absl::Time first = absl::FromUnixSeconds(1'541'307'600);
  const auto planned = PlanAt("2018-11-04T11:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].step, 7);
  EXPECT_EQ(planned[0].due, first);
  Tell(planned[0], "2018-11-04T11:00");
  for (const Planned& later : PlanAt("2018-11-04T12:00")) EXPECT_EQ(later.step, 3);
}

TEST_F(PeerFailures, Celery10608_LeadsAcrossAChangeOfTheClocks_KeepTheirLocalHour) {
  LiveIn("America/New_York", 9);
  Add("spring", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-03-14").set_step(1);
  Add("autumn", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-11-07").set_step(2);
  const auto all = Forecast(view_, Context("2018-02-01T09:00"), At("2018-12-01T00:00"));
  ASSERT_THAT(all, SizeIs(12));
  for (const Planned& planned : all) {
    EXPECT_EQ(absl::FormatTime("%H:%M", planned.due, Zone("America/New_York")), "09:00");
  }
}

// Where a whole day is left out, its hours are those of the day after.
bool IsLeftOut(const std::string& zone, civil::Day day) {
  return zone == "Pacific/Apia" && day == civil::MakeDay(2011, 12, 30);
}

TEST_F(PeerFailures, Spring36859_EveryDayOfEveryZone_HasEachOfItsHours) {
  for (const std::string zone_name :
       {"Africa/Cairo", "America/New_York", "America/Santiago", "Antarctica/Troll", "Asia/Almaty",
        "Asia/Gaza", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Pacific/Chatham"}) {
    const absl::TimeZone zone = Zone(zone_name);
    for (int hour = 0; hour < 24; ++hour) {
      absl::Time before = absl::InfinitePast();
      for (civil::Day day = civil::MakeDay(2000, 1, 1); day < civil::MakeDay(2046, 1, 1);
           day += std::chrono::days(1)) {
        if (IsLeftOut(zone_name, day)) continue;
        const absl::Time moment = LocalMoment(day, hour, zone);
        ASSERT_EQ(LocalDay(moment, zone), day) << zone_name << " " << hour;
        ASSERT_LT(before, moment) << zone_name << " " << civil::FormatDay(day) << " " << hour;
        before = moment;
      }
    }
  }
}

// Runs what was queued in its order, whatever time it was to wait.
class HastyExecutor final : public Executor {
 public:
  void Post(std::function<void()> fn) override { After(absl::ZeroDuration(), std::move(fn)); }
  TimerId After(absl::Duration, std::function<void()> fn) override {
    queue_.emplace_back(++last_, std::move(fn));
    return last_;
  }
  void Cancel(TimerId timer) override {
    std::erase_if(queue_, [timer](const auto& one) { return one.first == timer; });
  }
  const Clock& clock() const override { return clock_; }
  void RunAll() {
    while (!queue_.empty()) {
      auto fn = std::move(queue_.front().second);
      queue_.pop_front();
      fn();
    }
  }

 private:
  const ManualClock clock_;
  TimerId last_ = 0;
  std::deque<std::pair<TimerId, std::function<void()>>> queue_;
};

// A registry whose streams end as the test says.
class EndingFeed final : public RegistryFeed {
 public:
  std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) override {
    asked.push_back(std::move(request));
    tell = std::move(on_message);
    end = std::move(on_end);
    return std::make_unique<FeedStream>();
  }
  void RecordReceipts(registry::v1::RecordReceiptsRequest,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>>) override {}
  void PutRecord(registry::v1::PutRecordRequest,
                 Done<absl::StatusOr<registry::v1::Record>>) override {}
  void ListRecords(registry::v1::ListRecordsRequest,
                   Done<absl::StatusOr<registry::v1::ListRecordsResponse>>) override {}
  void DeleteRecord(registry::v1::DeleteRecordRequest,
                    Done<absl::StatusOr<registry::v1::DeleteRecordResponse>>) override {}

  std::vector<registry::v1::WatchChangesRequest> asked;
  std::function<void(registry::v1::WatchChangesResponse)> tell;
  std::function<void(absl::Status)> end;
};

class NoSender final : public Sender {
 public:
  void Send(Message, std::function<void(Outcome)>) override {}
  void Cut(const std::string&) override {}
};

// What is asked for after a stream that came to the token `t1` ended so.
registry::v1::WatchChangesRequest AskedAfter(const absl::Status& ended) {
  HastyExecutor executor;
  EndingFeed feed;
  NoSender sender;
  EngineObserver observer;
  civil::WorkingDays days;
  RedisScheduleOptions nowhere;
  nowhere.redis.address = "unix:/nowhere";
  const std::unique_ptr<Schedule> schedule = MakeRedisSchedule(nowhere, executor);
  Core core(executor, *schedule, feed, sender, observer, days, {});
  Follower follower(core);
  follower.Start();
  executor.RunAll();
  EXPECT_TRUE(feed.asked.at(0).snapshot());
  registry::v1::WatchChangesResponse bookmark;
  bookmark.set_token("t1");
  bookmark.set_revision(7);
  bookmark.mutable_bookmark()->set_hash("hash");
  feed.tell(bookmark);
  feed.end(ended);
  executor.RunAll();
  EXPECT_THAT(feed.asked, SizeIs(2));
  return feed.asked.back();
}

TEST_F(PeerFailures, Airflow15418_TokenThatIsRefused_IsGivenUpForASnapshot) {
  for (const absl::Status& refusal :
       {absl::OutOfRangeError("compacted"), absl::FailedPreconditionError("RESYNC"),
        absl::InvalidArgumentError("no token of ours")}) {
    const auto asked = AskedAfter(refusal);
    EXPECT_TRUE(asked.snapshot()) << refusal;
    EXPECT_EQ(asked.token(), "") << refusal;
  }
  const auto asked = AskedAfter(absl::UnavailableError("the connection broke"));
  EXPECT_FALSE(asked.snapshot());
  EXPECT_EQ(asked.token(), "t1");
}

}  // namespace
}  // namespace vigil::alert
