// An alert escalates as the policy stood when it started.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "alert-svc/domain/ids.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
using registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecond[] = "receivers/second";

class Escalation : public PlanFixture {
 protected:
  Escalation() {
    v1::Receiver second = *settings_.FindReceiver(kDesk);
    second.set_name(kSecond);
    EXPECT_TRUE(settings_.Put(second).ok());
    v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
    subscription.set_stand_in(kSecond);
    EXPECT_TRUE(settings_.Put(subscription).ok());
  }
  void Change(registry::v1::DeadlineKind kind, const std::function<void(v1::Policy&)>& change) {
    v1::Policy policy = *settings_.PolicyFor({kind});
    change(policy);
    EXPECT_TRUE(settings_.Put(policy).ok());
  }
  void EscalateAfter(registry::v1::DeadlineKind kind, int hours) {
    Change(kind, [hours](v1::Policy& policy) { policy.set_escalate_after_hours(hours); });
  }
  // Quiet hours from 22 to an hour.
  void BeQuiet(v1::Subscription subscription, int until, const std::string& zone) {
    subscription.set_quiet_from(22);
    subscription.set_quiet_until(until);
    subscription.set_time_zone(zone);
    EXPECT_TRUE(settings_.Put(subscription).ok());
  }
  // Records that an attempt of something planned failed, or was the last one.
  void Fail(const Planned& planned, const std::string& when, bool last = false) {
    using Receipt = registry::v1::Receipt;
    Receipt receipt = ReceiptOf(planned, kCase, registry::v1::DEADLINE_KIND_UNSPECIFIED,
                                last ? Receipt::KIND_DEAD : Receipt::KIND_FAILED, At(when));
    *receipt.mutable_until() = ToProto(At(when) + absl::Minutes(30));
    receipts_[planned.deadline].push_back(receipt);
  }
  // What a receiver is owed now.
  Planned OwedTo(const std::string& receiver, const std::string& now) {
    for (const Planned& planned : PlanAt(now)) {
      if (planned.receiver == receiver && planned.due <= At(now)) return planned;
    }
    ADD_FAILURE() << "nothing is owed to " << receiver << " at " << now;
    return {};
  }
  // When the stand-in is to hear.
  std::vector<absl::Time> Escalated(const std::string& now) {
    std::vector<absl::Time> due;
    for (const Planned& planned : PlanAt(now)) {
      if (planned.receiver == kSecond) due.push_back(planned.due);
    }
    return due;
  }
};

TEST_F(Escalation, PolicyChangedSince_TheAlertGoesOnAsItStarted) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  for (int hours : {48, 1, 0, -1}) {
    EscalateAfter(DEADLINE_KIND_CUSTODY_LIMIT, hours);
    EXPECT_THAT(Escalated("2018-05-26T09:30"), ElementsAre(At("2018-05-26T13:00"))) << hours;
  }
}

TEST_F(Escalation, PolicyChangedSince_TheNextAlertFollowsIt) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  EscalateAfter(DEADLINE_KIND_CUSTODY_LIMIT, 48);
  Tell(PlanAt("2018-05-29T09:00")[0], "2018-05-29T09:00");
  EXPECT_THAT(Escalated("2018-05-29T10:00"), ElementsAre(At("2018-05-31T09:00")));
}

TEST_F(Escalation, PolicySilencedSince_WhatHasStartedGoesOnAndNothingElse) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  Change(DEADLINE_KIND_CUSTODY_LIMIT,
         [](v1::Policy& policy) { policy.set_channel(v1::Policy::CHANNEL_NEVER); });
  EXPECT_THAT(Escalated("2018-05-26T09:30"), ElementsAre(At("2018-05-26T13:00")));
  EXPECT_THAT(PlanAt("2018-05-26T09:30"), SizeIs(1));
}

TEST_F(Escalation, RepeatUnderAnotherPolicy_IsOfTheAlertThatStartedUnderTheFirst) {
  Add("parole", DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  Tell(PlanAt("2018-05-16T09:00")[0], "2018-05-16T09:00");
  Tell(PlanAt("2018-05-17T09:00")[1], "2018-05-17T09:00");  // the stand-in: nobody answers
  EscalateAfter(DEADLINE_KIND_PAROLE_ELIGIBILITY, 240);
  const Planned repeat = PlanAt("2018-06-18T09:00")[0];
  ASSERT_EQ(repeat.repeat, 1);
  EXPECT_EQ(repeat.escalate_after_hours, 240);
  Tell(repeat, "2018-06-18T09:00");
  EXPECT_THAT(Escalated("2018-06-18T09:30"), ElementsAre(At("2018-06-19T09:00")));
}

TEST_F(Escalation, ReceiptFromBeforeThisWasKept_FollowsThePolicyOfToday) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  receipts_.begin()->second.back().clear_escalate_after_hours();
  EscalateAfter(DEADLINE_KIND_CUSTODY_LIMIT, 6);
  EXPECT_THAT(Escalated("2018-05-26T09:30"), ElementsAre(At("2018-05-26T15:00")));
}

// Who stands in is not frozen: whoever was taken out must not be told.
TEST_F(Escalation, StandInTakenOutSince_IsNotTold) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.clear_stand_in();
  ASSERT_TRUE(settings_.Put(subscription).ok());
  EXPECT_THAT(Escalated("2018-05-26T09:30"), IsEmpty());
}

TEST_F(Escalation, WhatFailsInADigest_GoesOnAsASingleMessageDoes_AndStaysInIt) {
  Add("parole", DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  const Planned planned = OwedTo(kDesk, "2018-05-16T09:00");
  ASSERT_EQ(planned.channel, Channel::kDigest);
  Fail(planned, "2018-05-16T09:00");
  receipts_[planned.deadline].back().set_digest(DigestId(kDeskSubscription, "2018-05-16"));
  EXPECT_THAT(Escalated("2018-05-16T10:00"), ElementsAre(At("2018-05-17T09:00")));
  const Planned still = OwedTo(kDesk, "2018-05-16T09:30");
  EXPECT_EQ(still.channel, Channel::kDigest) << "it is tried again with its digest";
  EXPECT_EQ(still.attempts, 0);
}

TEST_F(Escalation, SummaryThatFails_GoesOnToNobody) {
  Add("parole", DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  const Planned planned = OwedTo(kDesk, "2018-05-16T09:00");
  Fail(planned, "2018-05-16T09:00");
  receipts_[planned.deadline].back().set_digest(SummaryId(kDeskSubscription));
  EXPECT_THAT(Escalated("2018-05-16T10:00"), IsEmpty());
}

TEST_F(Escalation, Receipt_SaysWhichPolicyItWasPlannedUnder) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  settings_.SetSince("policies/held", absl::FromUnixMillis(1'525'000'000'123));
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  const registry::v1::Receipt& receipt = receipts_.begin()->second.back();
  EXPECT_EQ(receipt.policy_revision(), 1'525'000'000'123);
  EXPECT_EQ(receipt.escalate_after_hours(), 4);
}

TEST_F(Escalation, FirstAttemptFailed_StartsTheClock) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  EXPECT_THAT(Escalated("2018-06-02T09:01"), ElementsAre(At("2018-06-02T13:00")));
  Fail(OwedTo(kDesk, "2018-06-02T12:30"), "2018-06-02T12:30");
  EXPECT_THAT(Escalated("2018-06-02T12:31"), ElementsAre(At("2018-06-02T13:00")));
}

TEST_F(Escalation, ToldAtTheSecondAttempt_TheClockRunsFromTheFirst) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  Tell(OwedTo(kDesk, "2018-06-02T12:00"), "2018-06-02T12:00");
  EXPECT_THAT(Escalated("2018-06-02T12:01"), ElementsAre(At("2018-06-02T13:00")));
}

TEST_F(Escalation, ToldWhenItsFirstFailureWasStale_TheClockBeginsAnew) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-04T09:00"), "2018-06-04T09:00");
  Tell(OwedTo(kDesk, "2018-06-14T09:00"), "2018-06-14T09:00");
  EXPECT_THAT(Escalated("2018-06-14T09:01"), ElementsAre(At("2018-06-14T13:00")));
}

TEST_F(Escalation, ToldJustBeforeItsFirstFailureWasStale_GoesOnFromThen) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-04T09:00"), "2018-06-04T09:00");
  Tell(OwedTo(kDesk, "2018-06-11T12:00"), "2018-06-11T12:00");
  EXPECT_THAT(Escalated("2018-06-11T14:00"), ElementsAre(At("2018-06-11T12:00")));
}

TEST_F(Escalation, FailedAndAcknowledged_Rests) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned lead = OwedTo(kDesk, "2018-06-02T09:00");
  Fail(lead, "2018-06-02T09:00");
  Act(lead, registry::v1::Receipt::KIND_ACKNOWLEDGED);
  EXPECT_THAT(Escalated("2018-06-02T14:00"), IsEmpty());
}

TEST_F(Escalation, FailedForLeads_TheNextOneGoesOnAtItsFirstFailure) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  EscalateAfter(DEADLINE_KIND_CUSTODY_LIMIT, 72);
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  Fail(OwedTo(kDesk, "2018-06-04T09:00"), "2018-06-04T09:00");
  EXPECT_THAT(Escalated("2018-06-04T09:01"), ElementsAre(At("2018-06-05T09:00")));
}

TEST_F(Escalation, FailedLongAgo_TheNextLeadIsNotStale) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-05-16T09:00"), "2018-05-16T09:00");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  EXPECT_THAT(Escalated("2018-06-02T09:01"), ElementsAre(At("2018-06-02T09:00")));
}

TEST_F(Escalation, ToldSinceItFailed_TheNextLeadHasItsOwnClock) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-05-29T09:00"), "2018-05-29T09:00");
  Tell(OwedTo(kDesk, "2018-05-29T10:00"), "2018-05-29T10:00");
  Tell(OwedTo(kSecond, "2018-05-29T13:00"), "2018-05-29T13:00");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  EXPECT_THAT(Escalated("2018-06-02T09:01"), ElementsAre(At("2018-06-02T13:00")));
}

TEST_F(Escalation, ToldBeforeANewerLeadFails_WaitsForItsAnswerAllTheSame) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(OwedTo(kDesk, "2018-05-29T09:00"), "2018-06-02T07:00");  // late
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  EXPECT_THAT(Escalated("2018-06-02T09:01"),
              ElementsAre(At("2018-06-02T11:00"), At("2018-06-02T13:00")));
}

TEST_F(Escalation, StandInFailsToo_GoesOnToTheTeam) {
  constexpr char kThird[] = "receivers/third";
  v1::Receiver third = *settings_.FindReceiver(kDesk);
  third.set_name(kThird);
  ASSERT_TRUE(settings_.Put(third).ok());
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.add_team(kThird);
  ASSERT_TRUE(settings_.Put(subscription).ok());
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  Fail(OwedTo(kSecond, "2018-06-02T13:00"), "2018-06-02T13:00");
  EXPECT_EQ(OwedTo(kThird, "2018-06-02T17:00").due, At("2018-06-02T17:00"));
  EXPECT_EQ(OwedTo(kThird, "2018-06-02T17:00").level, 2);
}

TEST_F(Escalation, GivenUpSoonerThanTheClock_GoesOnAtOnce) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  Fail(OwedTo(kDesk, "2018-06-02T10:00"), "2018-06-02T10:00", true);
  EXPECT_THAT(Escalated("2018-06-02T10:01"), ElementsAre(At("2018-06-02T10:00")));
}

// The news of the new date waits for the server as well: the lead does not wait for the news.
TEST_F(Escalation, DateMovedAndNothingArrives_TheLeadGoesOnAllTheSame) {
  registry::v1::Deadline& limit = Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-25");
  Tell(OwedTo(kDesk, "2018-06-05T09:00"), "2018-06-05T09:00");
  limit.set_earliest("2018-06-12");
  limit.set_latest("2018-06-12");
  ViewOf("limit").known_since = At("2018-06-06T10:00");
  Fail(OwedTo(kDesk, "2018-06-06T10:00"), "2018-06-06T10:00");
  for (const Planned& planned : PlanAt("2018-06-09T09:00")) {
    if (planned.form == PlannedForm::kReminder) Fail(planned, "2018-06-09T09:00");
  }
  EXPECT_THAT(Escalated("2018-06-09T09:01"), ElementsAre(At("2018-06-09T13:00")));
}

TEST_F(Escalation, InQuietHours_WaitsForTheirEndUnlessItIsAboutCustody) {
  BeQuiet(*settings_.FindSubscription(kDeskSubscription), 7, "Asia/Almaty");
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Add("parole", DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  for (const char* deadline : {"limit", "parole"}) {
    for (const Planned& planned : PlanAt("2018-05-16T22:30")) {
      if (planned.receiver == kDesk && planned.deadline.ends_with(deadline)) {
        Tell(planned, "2018-05-16T22:30");
        break;
      }
    }
  }
  EXPECT_THAT(Escalated("2018-05-16T22:31"),
              ElementsAre(At("2018-05-17T02:30"), At("2018-05-18T07:00")));
  EXPECT_THAT(Escalated("2018-05-18T03:00"),
              ElementsAre(At("2018-05-17T02:30"), At("2018-05-18T07:00")));
  EXPECT_EQ(Escalated("2018-05-18T07:00").back(), At("2018-05-17T22:30")) << "at once by now";
}

TEST_F(Escalation, StandInHasQuietHoursOfItsOwn_TheyHold) {
  BeQuiet(*settings_.FindSubscription(kDeskSubscription), 7, "Asia/Almaty");
  v1::Subscription own = *settings_.FindSubscription(kDeskSubscription);
  own.set_name("subscriptions/own");
  own.set_receiver(kSecond);
  own.add_cases("cases/c-00000000");  // another one
  BeQuiet(own, 6, "Europe/Brussels");
  Add("parole", DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  Tell(OwedTo(kDesk, "2018-05-16T09:00"), "2018-05-16T09:00");
  EXPECT_THAT(Escalated("2018-05-16T09:01"), ElementsAre(At("2018-05-17T10:00")));
}

TEST_F(Escalation, FailedAndNobodyToGoOnTo_IsAFinding) {
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.clear_stand_in();
  ASSERT_TRUE(settings_.Put(subscription).ok());
  Fail(OwedTo(kDesk, "2018-06-02T09:00"), "2018-06-02T09:00");
  EXPECT_THAT(UnansweredOf(view_, Context("2018-06-02T12:59")), IsEmpty());
  const std::vector<Unanswered> unanswered = UnansweredOf(view_, Context("2018-06-02T13:00"));
  ASSERT_THAT(unanswered, SizeIs(1));
  EXPECT_EQ(unanswered[0].since, At("2018-06-02T13:00"));
}

}  // namespace
}  // namespace vigil::alert
