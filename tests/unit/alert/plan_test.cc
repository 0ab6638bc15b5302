#include "alert-svc/domain/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Plan : public PlanFixture {};

TEST_F(Plan, CustodyLimitWithAnAlternative_TheEarliestAlertsAtAllLeads) {
  for (auto [id, date] :
       {std::pair("from-5-april", "2018-06-05"), {"from-7-april", "2018-06-07"}}) {
    auto& deadline = Add(id, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, date);
    deadline.set_alternative_group("two-months");
    deadline.set_step(2);
  }
  EXPECT_THAT(Told("2018-04-28T09:00", "2018-07-01T00:00"),
              ElementsAre("20@2018-05-16", "15@2018-05-21", "10@2018-05-26", "7@2018-05-29",
                          "3@2018-06-02", "1@2018-06-04"));
}

TEST_F(Plan, CustodyCeilingsBeyondTheNext_SpeakOnlyOnceTheEarlierPassed) {
  Add("two", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05").set_step(2);
  Add("three", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-15").set_step(3);
  // Of the second only what comes after 5 June: 26 and 31 May are not said.
  EXPECT_THAT(Told("2018-05-25T10:00", "2018-07-01T00:00"),
              ElementsAre("15@2018-05-21", "10@2018-05-26", "7@2018-05-29", "3@2018-06-02",
                          "1@2018-06-04", "7@2018-06-08", "3@2018-06-12", "1@2018-06-14"));
}

TEST_F(Plan, CommittalInAFirstImport_GoesAloneByTheReadingThatIsStillAhead) {
  delivered_.clear();
  for (auto [id, date] : {std::pair("order", "2018-04-27"), {"placement", "2018-04-30"}}) {
    Add(id, registry::v1::DEADLINE_KIND_COMMITTAL_END, date).set_alternative_group("month");
  }
  const auto planned = PlanAt("2018-04-28T09:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].earliest, "2018-04-30");
  EXPECT_EQ(planned[0].channel, Channel::kSingle);
  EXPECT_EQ(planned[0].step, 3);
  EXPECT_THAT(planned[0].superseded, ElementsAre(20, 15, 10, 7));
  EXPECT_EQ(planned[1].step, 1);
}

TEST_F(Plan, FirstImport_WhatIsPastGoesIntoOneSummaryAndTheRestWaits) {
  delivered_.clear();
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2017-10-07");
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  const auto planned = PlanAt("2018-04-28T09:30");
  ASSERT_THAT(planned, SizeIs(3));
  EXPECT_EQ(planned[0].channel, Channel::kSummary);
  EXPECT_EQ(planned[0].step, 1);
  EXPECT_EQ(planned[1].channel, Channel::kSummary);
  EXPECT_EQ(planned[1].step, 30);
  EXPECT_EQ(planned[2].channel, Channel::kDigest);
  EXPECT_EQ(planned[2].due, At("2018-05-09T09:00"));
}

TEST_F(Plan, ConditionalRight_ThirtyDaysBeforeAndOnTheDayAndNeverAgain) {
  auto& deadline =
      Add("replacement", registry::v1::DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY, "2018-07-31");
  deadline.set_eligibility(registry::v1::ELIGIBILITY_CONDITIONAL);
  // 1 July is a Sunday: the digest of the Friday before.
  EXPECT_THAT(Told("2018-04-28T09:00", "2018-12-15T00:00"),
              ElementsAre("30@2018-06-29", "0@2018-07-31"));
}

TEST_F(Plan, OpenRight_ThenMonthlyOnMondaysUntilFiled) {
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-07-31");
  EXPECT_THAT(Told("2018-07-30T09:30", "2018-10-15T00:00"),
              ElementsAre("7@2018-07-30", "0@2018-07-31", "0@2018-09-03", "0@2018-10-01"));
}

TEST_F(Plan, BarredRight_SaysNothing) {
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-07-28")
      .set_eligibility(registry::v1::ELIGIBILITY_BARRED);
  EXPECT_THAT(PlanAt("2018-07-20T09:00"), IsEmpty());
}

TEST_F(Plan, ParoleOfAPersonUnderRestriction_SaysNothing) {
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-07-28")
      .set_count("2017-07-28 +P12M");
  view_.situation = registry::v1::SITUATION_UNDER_RESTRICTION;
  EXPECT_THAT(PlanAt("2018-07-20T09:00"), IsEmpty());
}

// A verdict of prison was told in confidence: the open facts know of the restriction before it.
TEST_F(Plan, ParoleThatRestsOnConfidentialFacts_SpeaksWhateverTheSituationTold) {
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-07-28");
  view_.situation = registry::v1::SITUATION_UNDER_RESTRICTION;
  EXPECT_THAT(PlanAt("2018-07-20T09:00"), testing::Not(IsEmpty()));
}

TEST_F(Plan, AppealTermPassed_SaysNothing) {
  Add("appeal", registry::v1::DEADLINE_KIND_APPEAL, "2018-04-20");
  EXPECT_THAT(PlanAt("2018-04-28T09:00"), IsEmpty());
}

TEST_F(Plan, FilingTermInItsLastDays_GoesAlone) {
  Add("appeal", registry::v1::DEADLINE_KIND_APPEAL, "2018-05-18");
  const auto all = Forecast(view_, Context("2018-05-01T10:00"), At("2018-06-01T00:00"));
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].channel, Channel::kDigest);
  for (int i : {1, 2, 3}) EXPECT_EQ(all[i].channel, Channel::kSingle);
}

TEST_F(Plan, ReminderOnADayOff_MovesToTheWorkingDayBeforeUnlessItIsAboutCustody) {
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-05-21");  // 7 before: Monday 14; 1: Sunday
  const auto all = Forecast(view_, Context("2018-05-10T10:00"), At("2018-06-01T00:00"));
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[1].due, At("2018-05-14T09:00"));
  EXPECT_EQ(all[2].due, At("2018-05-18T09:00"));
}

TEST_F(Plan, PlannedTwice_PlansTheSame) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const auto once = PlanAt("2018-05-20T10:00"), twice = PlanAt("2018-05-20T10:00");
  ASSERT_EQ(once.size(), twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].id, twice[i].id);
}

TEST_F(Plan, NewestStepTold_OlderOnesAreNotOwedAgain) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const auto planned = PlanAt("2018-05-27T10:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].step, 10);
  Tell(planned[0], "2018-05-27T10:00");
  const auto next = PlanAt("2018-05-27T10:01");
  ASSERT_THAT(next, SizeIs(1));
  EXPECT_EQ(next[0].step, 7);
}

TEST_F(Plan, DateMovedAndBack_OwesNothing) {
  auto& deadline = Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  const auto moved = PlanAt("2018-05-27T11:00");
  ASSERT_THAT(moved, SizeIs(2));
  EXPECT_EQ(moved[0].form, PlannedForm::kMoved);
  EXPECT_EQ(moved[0].channel, Channel::kSingle);
  EXPECT_EQ(moved[1].step, 10);  // 28 May: steps past under the new date are not owed
  deadline.set_earliest("2018-06-05");
  deadline.set_latest("2018-06-05");
  const auto back = PlanAt("2018-05-27T12:00");
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_EQ(back[0].form, PlannedForm::kReminder);
}

TEST_F(Plan, DateMovedThreeTimesAndTold_EachNoticeHasItsOwnId) {
  auto& deadline = Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  std::set<std::string> ids;
  for (const char* date : {"2018-06-07", "2018-06-05", "2018-06-07"}) {
    deadline.set_earliest(date);
    deadline.set_latest(date);
    const auto planned = PlanAt("2018-05-27T10:30");
    ASSERT_EQ(planned.at(0).form, PlannedForm::kMoved);
    EXPECT_TRUE(ids.insert(planned[0].id).second);
    Tell(planned[0], "2018-05-27T10:30");
  }
}

TEST_F(Plan, NoticeThatWasAcknowledged_IsNotSaidAgainAndLaterStepsAre) {
  auto& deadline = Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  Act(PlanAt("2018-05-27T11:00").at(0), Receipt::KIND_ACKNOWLEDGED);
  const auto planned = PlanAt("2018-05-28T09:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].form, PlannedForm::kReminder);
  EXPECT_EQ(planned[0].step, 10);
}

TEST_F(Plan, Withdrawn_IsToldOnceAndOnlyToWhoWasTold) {
  auto& told = Add("told", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  Add("untold", registry::v1::DEADLINE_KIND_MANUAL, "2018-06-20")
      .set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  told.set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  const auto planned = PlanAt("2018-05-28T10:00");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].form, PlannedForm::kWithdrawn);
  EXPECT_EQ(planned[0].earliest, "2018-06-05");
  Tell(planned[0], "2018-05-28T10:00");
  EXPECT_THAT(PlanAt("2018-05-28T10:01"), IsEmpty());
}

TEST_F(Plan, GoneAltogether_IsToldAsWithdrawn) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  ViewOf("limit").gone = true;
  ASSERT_THAT(PlanAt("2018-05-28T10:00"), SizeIs(1));
  EXPECT_EQ(PlanAt("2018-05-28T10:00")[0].form, PlannedForm::kWithdrawn);
}

TEST_F(Plan, Met_EndsEverything) {
  auto& deadline = Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-27T10:00")[0], "2018-05-27T10:00");
  deadline.set_state(registry::v1::DEADLINE_STATE_MET);
  EXPECT_THAT(PlanAt("2018-05-28T10:00"), IsEmpty());
}

TEST_F(Plan, Unanswered_GoesToTheStandInAndAnAcknowledgementEndsIt) {
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in("receivers/second");
  ASSERT_TRUE(settings_.Put(subscription).ok());
  auto receiver = *settings_.FindReceiver(kDesk);
  receiver.set_name("receivers/second");
  ASSERT_TRUE(settings_.Put(receiver).ok());
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Tell(first, "2018-05-26T09:00");
  const auto planned = PlanAt("2018-05-26T09:01");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[1].receiver, "receivers/second");
  EXPECT_EQ(planned[1].level, 1);
  EXPECT_EQ(planned[1].alert, first.alert);
  EXPECT_EQ(planned[1].due, At("2018-05-26T13:00"));
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  ASSERT_THAT(PlanAt("2018-05-26T14:00"), SizeIs(1));
  EXPECT_EQ(PlanAt("2018-05-26T14:00")[0].step, 7);
}

TEST_F(Plan, UnansweredForOverAWeek_IsNoLongerEscalatedUnlessItWasTried) {
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in("receivers/second");
  ASSERT_TRUE(settings_.Put(subscription).ok());
  auto receiver = *settings_.FindReceiver(kDesk);
  receiver.set_name("receivers/second");
  ASSERT_TRUE(settings_.Put(receiver).ok());
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-06-04T09:00")[0];
  Tell(first, "2018-06-04T09:00");
  const auto soon = PlanAt("2018-06-10T09:00");
  ASSERT_THAT(soon, SizeIs(1));
  EXPECT_EQ(soon[0].level, 1);
  EXPECT_THAT(PlanAt("2018-06-14T09:00"), IsEmpty());
  receipts_[first.deadline].push_back(ReceiptOf(soon[0], kCase,
                                                registry::v1::DEADLINE_KIND_UNSPECIFIED,
                                                Receipt::KIND_FAILED, At("2018-06-10T09:00")));
  EXPECT_THAT(PlanAt("2018-06-14T09:00"), SizeIs(1));
}

TEST_F(Plan, DueAfterTheSubscriptionWasMade_IsNeverSummedUp) {
  delivered_.clear();
  Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-05-25");
  settings_.SetSince(kDeskSubscription, At("2018-05-20T00:00"));
  EXPECT_EQ(PlanAt("2018-05-20T12:00")[0].channel, Channel::kSummary);
  settings_.SetSince(kDeskSubscription, At("2018-05-01T00:00"));
  EXPECT_NE(PlanAt("2018-05-20T12:00")[0].channel, Channel::kSummary);
  view_.came_in = At("2018-05-20T00:00");
  EXPECT_EQ(PlanAt("2018-05-20T12:00")[0].channel, Channel::kSummary);
}

TEST_F(Plan, CustodyToldAtOnceWhenItCameIn_IsNotSummedUpDaysLater) {
  delivered_.clear();
  settings_.SetSince(kDeskSubscription, At("2018-04-28T09:00"));
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-04-25");
  ViewOf("limit").known_since = At("2018-04-30T22:28");
  EXPECT_EQ(PlanAt("2018-04-30T23:00").at(0).channel, Channel::kSingle);
  EXPECT_EQ(PlanAt("2018-05-03T03:34").at(0).channel, Channel::kSingle);
}

TEST_F(Plan, NotAboutCustodyAndUnanswered_EscalatesAfterAWorkingDay) {
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in(kDesk);
  ASSERT_TRUE(settings_.Put(subscription).ok());
  Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-05-25");
  Tell(PlanAt("2018-05-18T09:00")[0], "2018-05-18T09:00");  // a Friday
  const auto planned = PlanAt("2018-05-18T09:01");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[1].level, 1);
  EXPECT_EQ(planned[1].due, At("2018-05-21T09:00"));
}

TEST_F(Plan, Snoozed_SpeaksAgainWhenTheTimeIsUp) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Tell(first, "2018-05-26T09:00");
  Act(first, Receipt::KIND_SNOOZED, "2018-05-27T15:00");
  const auto planned = PlanAt("2018-05-26T10:00");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].alert, first.alert);
  EXPECT_NE(planned[0].id, first.id);
  EXPECT_EQ(planned[0].due, At("2018-05-27T15:00"));
}

TEST_F(Plan, AcknowledgedUntil_SpeaksAgainThenAndEscalatesAnew) {
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in("receivers/second");
  ASSERT_TRUE(settings_.Put(subscription).ok());
  auto receiver = *settings_.FindReceiver(kDesk);
  receiver.set_name("receivers/second");
  ASSERT_TRUE(settings_.Put(receiver).ok());
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Tell(first, "2018-05-26T09:00");
  Act(first, Receipt::KIND_ACKNOWLEDGED, "2018-05-27T15:00");
  const auto waiting = PlanAt("2018-05-26T10:00");
  ASSERT_THAT(waiting, SizeIs(1)) << "no escalation";
  EXPECT_EQ(waiting[0].alert, first.alert);
  EXPECT_NE(waiting[0].id, first.id);
  EXPECT_EQ(waiting[0].due, At("2018-05-27T15:00"));
  Tell(waiting[0], "2018-05-27T15:00");
  const auto again = PlanAt("2018-05-27T15:01");
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[1].receiver, "receivers/second");
  EXPECT_EQ(again[1].due, At("2018-05-27T19:00"));
}

TEST_F(Plan, AcknowledgedTwice_TheLastWordCounts) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Tell(first, "2018-05-26T09:00");
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  EXPECT_EQ(PlanAt("2018-05-26T10:00").at(0).step, 7);
  Act(first, Receipt::KIND_ACKNOWLEDGED, "2018-05-27T15:00");
  EXPECT_EQ(PlanAt("2018-05-26T10:00").at(0).due, At("2018-05-27T15:00"));
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  EXPECT_EQ(PlanAt("2018-05-26T10:00").at(0).step, 7);
}

TEST_F(Plan, TwoSubscriptionsOfOneReceiver_MakeOneMessage) {
  auto second = *settings_.FindSubscription(kDeskSubscription);
  second.set_name("subscriptions/zz-again");
  ASSERT_TRUE(settings_.Put(second).ok());
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  EXPECT_THAT(PlanAt("2018-05-01T09:00"), SizeIs(1));
}

TEST_F(Plan, FailedAttempt_WaitsForItsRetry) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Receipt failed = ReceiptOf(first, kCase, registry::v1::DEADLINE_KIND_UNSPECIFIED,
                             Receipt::KIND_FAILED, At("2018-05-26T09:00"));
  *failed.mutable_until() = ToProto(At("2018-05-26T09:05"));
  receipts_[first.deadline].push_back(failed);
  const auto planned = PlanAt("2018-05-26T09:01");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].id, first.id);
  EXPECT_EQ(planned[0].due, At("2018-05-26T09:05"));
  EXPECT_EQ(planned[0].attempts, 1);
}

TEST_F(Plan, RecurringDutyInAFirstImport_OnlyTheNewestPastOccurrenceIsInTheSummary) {
  delivered_.clear();
  for (const char* date : {"2018-02-10", "2018-03-10", "2018-04-10", "2018-05-10"}) {
    auto& deadline = Add(date, registry::v1::DEADLINE_KIND_REPORTING_DUTY, date);
    deadline.set_recurrence("P1M");
    deadline.set_rule("VIGIL.DUTY@1");
  }
  const auto planned = PlanAt("2018-04-28T10:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].channel, Channel::kSummary);
  EXPECT_EQ(planned[0].earliest, "2018-04-10");
  EXPECT_EQ(planned[1].earliest, "2018-05-10");
}

TEST_F(Plan, UnFollowUpWithoutReply_SpeaksMonthlyForAYearThenQuarterlyOnMondays) {
  auto& deadline = Add("un", registry::v1::DEADLINE_KIND_UN_FOLLOW_UP, "2016-05-29", "2016-06-28");
  deadline.set_nature(registry::v1::DEADLINE_NATURE_STATE_DUE);
  EXPECT_THAT(Told("2018-04-28T09:00", "2018-12-01T00:00"),
              ElementsAre("0@2018-04-30", "0@2018-06-25", "0@2018-09-24"));
}

v1::Silence SilenceUntil(absl::Time end) {
  v1::Silence silence;
  silence.set_name("silences/hearing");
  silence.add_cases(kCase);
  silence.set_owner("staff");
  silence.set_reason("the hearing is prepared");
  *silence.mutable_end_time() = ToProto(end);
  return silence;
}

TEST_F(Plan, Silence_HoldsBackUntilItEndsThenTheNewestStepIsSaid) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-06-20");
  const std::vector<std::string> without = Told("2018-05-01T09:00", "2018-07-01T00:00");
  ASSERT_THAT(without, ElementsAre("30@2018-05-21", "7@2018-06-13", "1@2018-06-19"));
  ASSERT_TRUE(settings_.Put(SilenceUntil(At("2018-06-14T09:00"))).ok());
  EXPECT_THAT(Told("2018-05-01T09:00", "2018-07-01T00:00"),
              ElementsAre("7@2018-06-14", "1@2018-06-19"));
}

TEST_F(Plan, SilenceOfAnotherCaseKindOrReceiver_HoldsNothingBack) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-06-20");
  v1::Silence silence = SilenceUntil(At("2018-06-14T09:00"));
  silence.set_cases(0, "cases/c-other");
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Told("2018-05-01T09:00", "2018-07-01T00:00"), SizeIs(3));
  silence = SilenceUntil(At("2018-06-14T09:00"));
  silence.add_kinds(registry::v1::DEADLINE_KIND_BAN_END);
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Told("2018-05-01T09:00", "2018-07-01T00:00"), SizeIs(3));
  silence.clear_kinds();
  silence.add_receivers("receivers/other");
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Told("2018-05-01T09:00", "2018-07-01T00:00"), SizeIs(3));
}

TEST_F(Plan, SilenceAboutCustody_HoldsBackOnlyOnceASecondPersonApproved) {
  Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05").set_step(2);
  v1::Silence silence = SilenceUntil(At("2018-05-28T09:00"));
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Told("2018-04-28T09:00", "2018-07-01T00:00"), SizeIs(6));
  silence.set_approved_by("somebody else");
  ASSERT_TRUE(settings_.Put(silence).ok());
  EXPECT_THAT(Told("2018-04-28T09:00", "2018-07-01T00:00"),
              ElementsAre("10@2018-05-28", "7@2018-05-29", "3@2018-06-02", "1@2018-06-04"));
}

TEST_F(Plan, PolicyOfACase_DecidesForItAlone) {
  Add("appeal", registry::v1::DEADLINE_KIND_APPEAL, "2018-06-20");
  v1::Policy policy;
  policy.set_name("policies/this-case");
  policy.add_cases(kCase);
  policy.add_kinds(registry::v1::DEADLINE_KIND_APPEAL);
  policy.add_lead_days(14);
  policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  ASSERT_TRUE(settings_.Put(policy).ok());
  ASSERT_FALSE(PlanAt("2018-06-01T09:00").empty());
  EXPECT_EQ(PlanAt("2018-06-01T09:00")[0].step, 14);
  view_.name = "cases/c-another";
  EXPECT_EQ(PlanAt("2018-06-01T09:00")[0].step, 7);
}

}  // namespace
}  // namespace vigil::alert
