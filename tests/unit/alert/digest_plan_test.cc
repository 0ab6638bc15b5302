#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "alert-svc/domain/ids.h"
#include "tests/unit/alert/plan_fixture.h"

// What goes into a digest, into which, and what goes alone.
namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::SizeIs;

class DigestPlan : public PlanFixture {
 protected:
  // A digest with it was tried: whether it arrived is not known. The plan after that.
  std::vector<Planned> PlanAfterFailure(const Planned& planned, const std::string& digest,
                                        const std::string& failed, const std::string& now) {
    Receipt receipt = ReceiptOf(planned, kCase, registry::v1::DEADLINE_KIND_UNSPECIFIED,
                                Receipt::KIND_FAILED, At(failed));
    receipt.set_digest(digest);
    receipts_[planned.deadline].push_back(receipt);
    const std::set<std::string, std::less<>> tried = {digest};
    PlanContext context = Context(now);
    context.tried = &tried;
    return PlanCase(view_, context);
  }
};

TEST_F(DigestPlan, WhatWasTriedAlone_IsNotPutIntoADigestLater) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-05-10");
  ViewOf("end").known_since = At("2018-05-10T20:43");
  const Planned first = PlanAt("2018-05-10T21:08").at(0);
  ASSERT_EQ(first.channel, Channel::kSingle) << "the next digest comes too late";
  ASSERT_EQ(PlanAt("2018-05-11T05:00").at(0).channel, Channel::kDigest);
  receipts_[first.deadline].push_back(ReceiptOf(first, kCase,
                                                registry::v1::DEADLINE_KIND_UNSPECIFIED,
                                                Receipt::KIND_FAILED, At("2018-05-10T21:14")));
  const Planned again = PlanAt("2018-05-11T05:00").at(0);
  EXPECT_EQ(again.channel, Channel::kSingle) << "it may have arrived, and the id tells";
  EXPECT_EQ(again.id, first.id);
}

// A setting that is written while it is not known whether a digest arrived.
struct Written {
  const char* name;
  std::function<void(Settings&)> write;
};

void Change(Settings& settings, const std::function<void(v1::Subscription&)>& change) {
  v1::Subscription subscription = *settings.FindSubscription(kDeskSubscription);
  change(subscription);
  EXPECT_TRUE(settings.Put(subscription).ok());
}

class TriedDigestPlan : public DigestPlan, public ::testing::WithParamInterface<Written> {};

TEST_P(TriedDigestPlan, ASettingIsWritten_WhatWasTriedInItStaysInIt) {
  delivered_.clear();
  settings_.SetSince(kDeskSubscription, At("2018-01-01T09:00"));
  Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-05-25");  // 7 before: Friday the 18th
  ViewOf("manual").known_since = At("2018-05-10T12:00");
  const Planned first = PlanAt("2018-05-18T09:00").at(0);
  ASSERT_EQ(first.channel, Channel::kDigest);
  GetParam().write(settings_);
  const auto planned = PlanAfterFailure(first, DigestId(kDeskSubscription, "2018-05-18"),
                                        "2018-05-18T09:01", "2018-05-18T16:30");
  ASSERT_FALSE(planned.empty());
  EXPECT_EQ(planned[0].id, first.id);
  EXPECT_EQ(planned[0].channel, Channel::kDigest) << "it may have arrived in that one";
  EXPECT_EQ(Day(planned[0].due), "2018-05-18");
}

INSTANTIATE_TEST_SUITE_P(
    All, TriedDigestPlan,
    ::testing::Values(
        Written{"NoDigest",
                [](Settings& settings) {
                  Change(settings, [](v1::Subscription& own) { own.set_no_digest(true); });
                }},
        Written{"UrgentOnly",
                [](Settings& settings) {
                  Change(settings, [](v1::Subscription& own) { own.set_urgent_only(true); });
                }},
        Written{"EarlierHour",
                [](Settings& settings) {
                  Change(settings, [](v1::Subscription& own) { own.set_hour(7); });
                }},
        Written{"AtOnce",
                [](Settings& settings) {
                  v1::Policy policy = *settings.PolicyFor({registry::v1::DEADLINE_KIND_MANUAL});
                  policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
                  EXPECT_TRUE(settings.Put(policy).ok());
                }},
        Written{"AnyField",
                [](Settings& settings) {
                  settings.SetSince(
                      kDeskSubscription,
                      absl::FromCivil(absl::CivilMinute(2018, 5, 18, 16, 0), Zone("Asia/Almaty")));
                }}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST_F(DigestPlan, NoticeTriedInADigest_StaysInItWhenItGetsUrgent) {
  auto& deadline = Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-06-04");
  Tell(PlanAt("2018-05-28T09:00").at(0), "2018-05-17T12:00");
  deadline.set_earliest("2018-06-05");
  deadline.set_latest("2018-06-05");
  ViewOf("manual").known_since = At("2018-05-18T08:00");
  const Planned first = PlanAt("2018-05-18T09:00").at(0);
  ASSERT_EQ(first.channel, Channel::kDigest);
  const auto planned = PlanAfterFailure(first, DigestId(kDeskSubscription, "2018-05-18"),
                                        "2018-05-18T09:01", "2018-05-21T07:00");
  ASSERT_EQ(planned.at(0).id, first.id);
  EXPECT_EQ(planned[0].channel, Channel::kDigest) << "fourteen days before";
}

TEST_F(DigestPlan, TriedInTheSummary_StaysInItWhenItsPolicySpeaksAtOnce) {
  delivered_.clear();
  settings_.SetSince(kDeskSubscription, At("2018-05-20T09:00"));
  Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-05-19");
  const Planned first = PlanAt("2018-05-20T09:00").at(0);
  ASSERT_EQ(first.channel, Channel::kSummary);
  v1::Policy policy = *settings_.PolicyFor({registry::v1::DEADLINE_KIND_MANUAL});
  policy.set_channel(v1::Policy::CHANNEL_AT_ONCE);
  ASSERT_TRUE(settings_.Put(policy).ok());
  const auto planned =
      PlanAfterFailure(first, SummaryId(kDeskSubscription), "2018-05-20T09:01", "2018-05-20T10:00");
  ASSERT_EQ(planned.at(0).id, first.id);
  EXPECT_EQ(planned[0].channel, Channel::kSummary);
}

TEST_F(DigestPlan, UnderWayAloneAtMidnight_IsNotPutIntoADigestBeforeItMustHaveEnded) {
  Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-05-10");
  ViewOf("end").known_since = At("2018-05-10T20:43");
  ASSERT_EQ(PlanAt("2018-05-10T23:59").at(0).channel, Channel::kSingle);
  EXPECT_EQ(PlanAt("2018-05-11T00:30").at(0).channel, Channel::kSingle);
  EXPECT_EQ(PlanAt("2018-05-11T01:30").at(0).channel, Channel::kDigest);
  ViewOf("end").known_since = At("2018-05-11T00:10");
  EXPECT_EQ(PlanAt("2018-05-11T00:30").at(0).channel, Channel::kDigest) << "it never went alone";
}

TEST_F(DigestPlan, PutOffUntilJustBeforeTheNextStep_TheDigestKnowsOfThatStep) {
  v1::Policy policy;
  policy.set_name("policies/ban");
  policy.add_kinds(registry::v1::DEADLINE_KIND_BAN_END);
  for (int lead : {30, 7}) policy.add_lead_days(lead);
  policy.set_channel(v1::Policy::CHANNEL_DAILY);
  ASSERT_TRUE(settings_.Put(policy).ok());
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-06-05");
  const Planned first = PlanAt("2018-05-07T09:00").at(0);
  Tell(first, "2018-05-07T09:00");
  Act(first, Receipt::KIND_SNOOZED, "2018-05-29T08:30");
  const auto planned = PlanAt("2018-05-28T09:00");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].channel, Channel::kSingle);
  EXPECT_EQ(planned[0].due, At("2018-05-29T08:30"));
  EXPECT_EQ(planned[1].channel, Channel::kDigest);
  EXPECT_EQ(planned[1].due, At("2018-05-29T09:00"));
}

TEST_F(DigestPlan, EachChangeOfADate_GoesIntoTheNextDailyDigest) {
  auto& end = Add("end", registry::v1::DEADLINE_KIND_SENTENCE_END, "2018-08-11");
  Tell(PlanAt("2018-07-20T09:00").at(0), "2018-07-20T09:00");
  const auto move = [&](const std::string& date, const std::string& when) {
    end.set_earliest(date);
    end.set_latest(date);
    ViewOf("end").known_since = At(when);
    return PlanAt(when).at(0);
  };
  Tell(move("2018-08-30", "2018-07-20T10:39"), "2018-07-23T09:00");
  const Planned second = move("2018-08-28", "2018-07-25T22:17");
  ASSERT_EQ(second.form, PlannedForm::kMoved);
  EXPECT_EQ(second.due, At("2018-07-26T09:00")) << "and not on Monday";
}

TEST_F(DigestPlan, DigestThatIsOut_LatecomersGoToTheNextOne) {
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-05-29");
  ViewOf("ban").known_since = At("2018-05-22T08:00");
  ASSERT_THAT(PlanAt("2018-05-22T09:30"), SizeIs(2));
  EXPECT_EQ(PlanAt("2018-05-22T09:30")[0].due, At("2018-05-22T09:00"));
  delivered_.insert("unrelated");
  ViewOf("ban").known_since = At("2018-05-22T11:00");
  EXPECT_EQ(PlanAt("2018-05-22T11:00")[0].due, At("2018-05-23T09:00"));
}

TEST_F(DigestPlan, NoLongerInTimeForADigest_GoesAlone) {
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-05-22");
  ViewOf("ban").known_since = At("2018-05-22T11:00");
  const auto planned = PlanAt("2018-05-22T11:00");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].channel, Channel::kSingle);
}

TEST_F(DigestPlan, LateAndTooLateForTheNextDigest_StaysInItsOwnUntilThatIsOut) {
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-05-29");
  const std::string own = DigestId(kDeskSubscription, "2018-05-29");
  ViewOf("ban").known_since = At("2018-05-29T08:00");
  for (const char* now : {"2018-05-29T09:30", "2018-05-29T11:00", "2018-05-29T23:50"}) {
    const auto planned = PlanAt(now);
    ASSERT_FALSE(planned.empty());
    EXPECT_EQ(planned[0].channel, Channel::kDigest) << "at nine it may have been on its way";
    EXPECT_EQ(planned[0].due, At("2018-05-29T09:00"));
  }
  delivered_.insert(own);
  EXPECT_EQ(PlanAt("2018-05-29T11:00")[0].channel, Channel::kSingle);
}

TEST_F(DigestPlan, ChangeForAStandIn_IsNotPutIntoThePrimarysDigestOrSummary) {
  delivered_.clear();
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in("receivers/second");
  ASSERT_TRUE(settings_.Put(subscription).ok());
  auto receiver = *settings_.FindReceiver(kDesk);
  receiver.set_name("receivers/second");
  ASSERT_TRUE(settings_.Put(receiver).ok());
  auto& deadline = Add("manual", registry::v1::DEADLINE_KIND_MANUAL, "2018-09-25");
  Planned told = PlanAt("2018-09-18T09:00")[0];
  Tell(told, "2018-09-18T09:00");
  told.receiver = "receivers/second";
  told.level = 1;
  told.id += "-second";
  Tell(told, "2018-09-19T09:00");
  deadline.set_earliest("2018-12-25");
  deadline.set_latest("2018-12-25");
  bool heard = false;
  for (const Planned& planned : PlanAt("2018-09-20T09:30")) {
    if (planned.receiver != "receivers/second") continue;
    heard = true;
    EXPECT_EQ(planned.form, PlannedForm::kMoved);
    EXPECT_EQ(planned.channel, Channel::kSingle);
  }
  EXPECT_TRUE(heard);
}

TEST_F(DigestPlan, MissedBeforeTheWeekend_WaitsForTheNextWorkingDay) {
  settings_.SetSince(kDeskSubscription, At("2018-01-01T09:00"));
  Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-06-01");
  EXPECT_EQ(PlanAt("2018-05-26T11:00").at(0).due, At("2018-05-28T09:00"));
}

// A daily item and a weekly one, both due on Monday 2018-05-28 at nine.
class MissedDigest : public DigestPlan {
 protected:
  MissedDigest() {
    settings_.SetSince(kDeskSubscription, At("2018-01-01T09:00"));
    Add("ban", registry::v1::DEADLINE_KIND_BAN_END, "2018-06-04");
    Add("reply", registry::v1::DEADLINE_KIND_UN_FOLLOW_UP, "2018-06-04");
  }

  // When what was due on Monday goes out: both alike.
  absl::Time DueAt(const std::string& now) {
    absl::Time due = absl::InfinitePast();
    int items = 0;
    for (const Planned& planned : PlanAt(now)) {
      if (planned.step != 7) continue;
      EXPECT_EQ(planned.channel, Channel::kDigest);
      if (++items == 2) {
        EXPECT_EQ(planned.due, due);
      }
      due = planned.due;
    }
    EXPECT_EQ(items, 2);
    return due;
  }
};

TEST_F(MissedDigest, DownFromEightToElevenOnMonday_GoesOutAtElevenDailyAndWeeklyInOne) {
  EXPECT_EQ(DueAt("2018-05-28T11:00"), At("2018-05-28T09:00"));
  EXPECT_EQ(DueAt("2018-05-28T23:30"), At("2018-05-28T09:00"));
}

TEST_F(MissedDigest, CaughtUp_IsNotInTheNextOrdinaryOne) {
  for (const Planned& planned : PlanAt("2018-05-28T11:00")) {
    if (planned.step == 7) Tell(planned, "2018-05-28T11:00");
  }
  delivered_.insert(DigestId(kDeskSubscription, "2018-05-28"));
  for (const Planned& planned : PlanAt("2018-05-28T11:01")) EXPECT_LT(planned.step, 7);
}

TEST_F(MissedDigest, OnAnotherDay_JoinsThatDaysAlsoWhatIsWeekly) {
  EXPECT_EQ(DueAt("2018-05-29T03:00"), At("2018-05-29T09:00"));
  EXPECT_EQ(DueAt("2018-05-29T09:30"), At("2018-05-29T09:00"));
  EXPECT_EQ(DueAt("2018-05-29T11:00"), At("2018-05-29T09:00"));
}

TEST_F(MissedDigest, InQuietHoursThatLastUntilTomorrow_WaitsForTheNextOne) {
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_quiet_from(10);
  subscription.set_quiet_until(8);
  ASSERT_TRUE(settings_.Put(subscription).ok());
  EXPECT_EQ(DueAt("2018-05-28T11:00"), At("2018-05-29T09:00"));
  subscription.set_quiet_until(14);
  ASSERT_TRUE(settings_.Put(subscription).ok());
  EXPECT_EQ(DueAt("2018-05-28T11:00"), At("2018-05-28T09:00")) << "and awake at two";
}

TEST_F(MissedDigest, ADigestThatWentOutSince_TellsThatNoneWasMissed) {
  delivered_.insert(DigestId(kDeskSubscription, "2018-05-29"));
  for (const Planned& planned : PlanAt("2018-05-29T11:00")) {
    if (planned.step != 7) continue;
    const bool weekly = planned.deadline.ends_with("reply");
    EXPECT_EQ(planned.due, At(weekly ? "2018-06-04T09:00" : "2018-05-30T09:00"));
  }
}

TEST_F(MissedDigest, WhatASettingMadeDueLater_WasNotMissed) {
  settings_.SetSince(kDeskSubscription, At("2018-05-28T10:00"));
  for (const Planned& planned : PlanAt("2018-05-28T11:30")) {
    if (planned.step == 7) {
      EXPECT_GT(planned.due, At("2018-05-28T12:00"));
    }
  }
}

TEST_F(MissedDigest, NothingWentOutForMonths_IsToldTodayWhateverWentOutBefore) {
  Add("late", registry::v1::DEADLINE_KIND_BAN_END, "2018-10-01");
  v1::Policy policy;
  policy.set_name("policies/ban");
  policy.add_kinds(registry::v1::DEADLINE_KIND_BAN_END);
  policy.add_lead_days(100);
  policy.set_channel(v1::Policy::CHANNEL_DAILY);
  ASSERT_TRUE(settings_.Put(policy).ok());
  // The digest of 2018-06-25 was to say it; others went out that week, and none in two months.
  delivered_.insert(DigestId(kDeskSubscription, "2018-06-27"));
  int late = 0;
  for (const Planned& planned : PlanAt("2018-08-29T11:00")) {
    if (!planned.deadline.ends_with("late")) continue;
    EXPECT_EQ(planned.due, At("2018-08-29T09:00"));
    ++late;
  }
  EXPECT_EQ(late, 1);
}

}  // namespace
}  // namespace vigil::alert
