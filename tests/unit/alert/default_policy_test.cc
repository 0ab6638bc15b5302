// The default policy line by line: data/alerts.yaml and plan() against what was agreed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/occasions.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Deadline;
using registry::v1::Receipt;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecond[] = "receivers/second";

class DefaultPolicy : public PlanFixture {
 protected:
  void AddReceiver(const std::string& name) {
    v1::Receiver receiver = *settings_.FindReceiver(kDesk);
    receiver.set_name(name);
    EXPECT_TRUE(settings_.Put(receiver).ok());
  }
  void Change(const std::function<void(v1::Subscription&)>& change) {
    v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
    change(subscription);
    EXPECT_TRUE(settings_.Put(subscription).ok());
  }
  // Told alone (a) or in a digest (d), with the step: "20a", "30d".
  std::vector<std::string> Ways(const std::string& from, const std::string& until) {
    std::vector<std::string> ways;
    for (const Planned& planned : Forecast(view_, Context(from), At(until))) {
      ways.push_back(
          fmt::format("{}{}", planned.step, planned.channel == Channel::kSingle ? "a" : "d"));
    }
    return ways;
  }
};

struct Line {
  registry::v1::DeadlineKind kind;
  std::vector<std::string> ways;  // up to the day itself
};

class Leads : public DefaultPolicy, public ::testing::WithParamInterface<Line> {};

// The date is a Wednesday with no day off on any of its leads but those that are moved.
TEST_P(Leads, OfTheKind_AreToldAsAgreed) {
  Add("one", GetParam().kind, "2018-10-17");
  EXPECT_THAT(Ways("2018-07-02T10:00", "2018-10-17T23:00"), ElementsAreArray(GetParam().ways));
}

using namespace registry::v1;
const std::vector<std::string> kHeldWays = {"20a", "15a", "10a", "7a", "3a", "1a"};
INSTANTIATE_TEST_SUITE_P(
    Section, Leads,
    ::testing::Values(
        Line{DEADLINE_KIND_CUSTODY_LIMIT, kHeldWays}, Line{DEADLINE_KIND_COMMITTAL_END, kHeldWays},
        Line{DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT, kHeldWays},
        Line{DEADLINE_KIND_CUSTODY_EXTENSION_MOTION, {}},
        Line{DEADLINE_KIND_APPEAL, {"7d", "3a", "1a", "0a"}},
        Line{DEADLINE_KIND_UN_FILING_LIMIT, {"7d", "3a", "1a", "0a"}},
        Line{DEADLINE_KIND_PAROLE_ELIGIBILITY, {"60d", "30d", "7d", "0d"}},
        Line{DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY, {"60d", "30d", "7d", "0d"}},
        Line{DEADLINE_KIND_SENTENCE_END, {"30d", "7d", "1d"}},
        Line{DEADLINE_KIND_BAN_END, {"30d", "7d", "1d"}},
        Line{DEADLINE_KIND_ENTRY_INTO_FORCE, {"3d", "0d"}},
        Line{DEADLINE_KIND_MEDICAL_REVIEW, {"21d", "7d"}},
        Line{DEADLINE_KIND_PROTECTION_RENEWAL, {"90d", "60d", "35d"}},
        Line{DEADLINE_KIND_REPORTING_DUTY, {"3d"}},
        Line{DEADLINE_KIND_PLANNED_EVENT, {"14d", "7d", "1d"}},
        Line{DEADLINE_KIND_MANUAL, {"7d", "1d"}}, Line{DEADLINE_KIND_RECORD_EXPUNGED, {"30d"}},
        Line{DEADLINE_KIND_UN_FOLLOW_UP, {"30d", "7d", "0d"}},
        Line{DEADLINE_KIND_LIST_REMOVAL_CHECK, {"30d", "0d"}},
        Line{DEADLINE_KIND_CASE_REVIEW, {"0d"}}),
    [](const auto& line) { return DeadlineKind_Name(line.param.kind).substr(14); });

TEST_F(DefaultPolicy, WeeklyKinds_ComeOnMondaysUnlessThatIsTooLate) {
  Add("check", DEADLINE_KIND_LIST_REMOVAL_CHECK, "2018-10-17");
  // 30 days before is Monday the 17th; the day itself is a Wednesday, the Monday after is too late.
  EXPECT_THAT(Told("2018-07-02T10:00", "2018-11-30T00:00"),
              ElementsAre("30@2018-09-17", "0@2018-10-17", "0@2018-11-19"));
}

TEST_F(DefaultPolicy, WeeksDigest_IsThatOfItsFirstWorkingDay) {
  rules::v1::Calendar calendar;
  calendar.set_country("KZ");
  calendar.add_moved()->set_works("2018-04-28");
  calendar.mutable_moved(0)->set_day_off("2018-04-30");
  calendar.add_fixed()->set_month_day("05-01");
  calendar.mutable_fixed(0)->set_name("Unity Day");
  const auto days = civil::WorkingDays::Make(calendar);
  ASSERT_TRUE(days.ok()) << days.status();
  const v1::Subscription& desk = *settings_.FindSubscription(kDeskSubscription);
  EXPECT_FALSE(IsWeeklyDigest(desk, *days, civil::MakeDay(2018, 4, 30)));
  EXPECT_TRUE(IsWeeklyDigest(desk, *days, civil::MakeDay(2018, 5, 2)));
  EXPECT_FALSE(IsWeeklyDigest(desk, *days, civil::MakeDay(2018, 5, 3)));
  EXPECT_TRUE(IsWeeklyDigest(desk, *days, civil::MakeDay(2018, 5, 14)));
}

TEST_F(DefaultPolicy, LimitExactToTheHour_SpeaksEveryHourUntilSomebodyTakesItOn) {
  Deadline& limit = Add("hours", DEADLINE_KIND_CUSTODY_LIMIT, "2018-05-19");
  limit.set_earliest_time("2018-05-19T15:30:00+06:00");
  const auto first = PlanAt("2018-05-17T10:35");
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].due, At("2018-05-17T10:30"));
  EXPECT_EQ(first[1].due, At("2018-05-17T11:30"));
  Tell(first[0], "2018-05-17T10:36");
  const auto second = PlanAt("2018-05-17T11:30");
  ASSERT_THAT(second, SizeIs(2));
  EXPECT_EQ(second[0].due, At("2018-05-17T11:30"));
  EXPECT_EQ(second[0].alert, first[0].alert) << "to acknowledge one is to acknowledge all";
  Act(first[0], Receipt::KIND_ACKNOWLEDGED);
  for (const Planned& planned : PlanAt("2018-05-17T12:30")) EXPECT_LT(planned.repeat, 800);
}

TEST_F(DefaultPolicy, HourlyAndUnanswered_EscalatesFourHoursAfterTheFirst) {
  AddReceiver(kSecond);
  Change([](auto& subscription) { subscription.set_stand_in(kSecond); });
  Add("hours", DEADLINE_KIND_CUSTODY_LIMIT, "2018-05-19")
      .set_earliest_time("2018-05-19T15:30:00+06:00");
  for (const char* time : {"10:35", "11:35", "12:35"}) {
    Tell(PlanAt(std::string("2018-05-17T") + time)[0], std::string("2018-05-17T") + time);
  }
  std::vector<absl::Time> escalated;
  for (const Planned& planned : PlanAt("2018-05-17T12:40")) {
    if (planned.receiver == kSecond) escalated.push_back(planned.due);
  }
  EXPECT_THAT(escalated, ElementsAre(At("2018-05-17T14:35")));
}

TEST_F(DefaultPolicy, StandInSilentToo_GoesToTheWholeTeam) {
  for (const char* name : {kSecond, "receivers/third", "receivers/fourth"}) AddReceiver(name);
  Change([](auto& subscription) {
    subscription.set_stand_in(kSecond);
    subscription.add_team("receivers/third");
    subscription.add_team("receivers/fourth");
  });
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  const Planned first = PlanAt("2018-05-26T09:00")[0];
  Tell(first, "2018-05-26T09:00");
  const Planned second = PlanAt("2018-05-26T13:00")[1];
  EXPECT_EQ(second.receiver, kSecond);
  Tell(second, "2018-05-26T13:00");
  std::vector<std::string> team;
  for (const Planned& planned : PlanAt("2018-05-26T13:01")) {
    if (planned.level != 2) continue;
    team.push_back(planned.receiver);
    EXPECT_EQ(planned.due, At("2018-05-26T17:00"));
    EXPECT_EQ(planned.alert, first.alert);
  }
  EXPECT_THAT(team, ElementsAre("receivers/third", "receivers/fourth"));
  Act(first, Receipt::KIND_ACKNOWLEDGED);
  for (const Planned& planned : PlanAt("2018-05-26T18:00")) EXPECT_EQ(planned.level, 0);
}

TEST_F(DefaultPolicy, NoStandIn_GoesToTheTeamAtOnce) {
  AddReceiver("receivers/third");
  Change([](auto& subscription) { subscription.add_team("receivers/third"); });
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  const auto planned = PlanAt("2018-05-26T09:01");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[1].receiver, "receivers/third");
  EXPECT_EQ(planned[1].level, 1);
}

// Of every kind but the motion, for which the custody limit speaks.
TEST_F(DefaultPolicy, WhateverTheKind_UnansweredItGoesToTheStandIn) {
  AddReceiver(kSecond);
  Change([](auto& subscription) { subscription.set_stand_in(kSecond); });
  for (const auto& policy : seeds_.policies()) {
    if (policy.channel() == v1::Policy::CHANNEL_NEVER) continue;
    for (int kind : policy.kinds()) {
      view_.deadlines.clear();
      Add(std::to_string(kind), static_cast<DeadlineKind>(kind), "2018-10-17");
      const Planned told = PlanAt("2018-10-17T10:00")[0];
      Tell(told, "2018-10-17T10:00");
      std::vector<absl::Time> escalated;
      for (const Planned& planned : PlanAt("2018-10-17T10:01")) {
        if (planned.receiver == kSecond) escalated.push_back(planned.due);
      }
      const char* due =
          IsHeld(static_cast<DeadlineKind>(kind)) ? "2018-10-17T14:00" : "2018-10-18T10:00";
      EXPECT_THAT(escalated, ElementsAre(At(due))) << policy.name();
    }
  }
}

TEST_F(DefaultPolicy, QuietHours_HoldBackAllButCustody) {
  Change([](auto& subscription) {
    subscription.set_no_digest(true);
    subscription.set_hour(23);
    subscription.set_quiet_from(22);
    subscription.set_quiet_until(7);
  });
  Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Add("appeal", DEADLINE_KIND_APPEAL, "2018-06-05");
  std::map<DeadlineKind, absl::Time> due;
  for (const Planned& planned : PlanAt("2018-05-29T12:00")) {
    if (planned.step != 7) continue;
    due[planned.deadline.ends_with("limit") ? DEADLINE_KIND_CUSTODY_LIMIT : DEADLINE_KIND_APPEAL] =
        planned.due;
  }
  EXPECT_EQ(due[DEADLINE_KIND_CUSTODY_LIMIT], At("2018-05-29T23:00"));
  EXPECT_EQ(due[DEADLINE_KIND_APPEAL], At("2018-05-30T07:00"));
}

TEST_F(DefaultPolicy, FirstImportAtNight_IsSummedUpWhenQuietHoursEnd) {
  delivered_.clear();
  Change([](auto& subscription) {
    subscription.set_quiet_from(22);
    subscription.set_quiet_until(7);
  });
  Add("end", DEADLINE_KIND_SENTENCE_END, "2017-10-07");
  for (const auto& [now, due] : {std::pair("2018-04-28T23:30", "2018-04-29T07:00"),
                                 std::pair("2018-04-29T03:00", "2018-04-29T07:00")}) {
    const auto planned = PlanAt(now);
    ASSERT_THAT(planned, SizeIs(1));
    EXPECT_EQ(planned[0].channel, Channel::kSummary);
    EXPECT_EQ(planned[0].due, At(due));
  }
  EXPECT_LE(PlanAt("2018-04-29T07:01")[0].due, At("2018-04-29T07:01"));
}

TEST_F(DefaultPolicy, HalfOfQuietHours_IsRefused) {
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_quiet_from(22);
  EXPECT_FALSE(settings_.Put(subscription).ok());
}

TEST_F(DefaultPolicy, NoticeThatWasPutOff_SpeaksAgainWhenTheTimeIsUp) {
  Deadline& limit = Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
  Tell(PlanAt("2018-05-26T09:00")[0], "2018-05-26T09:00");
  limit.set_earliest("2018-06-08");
  limit.set_latest("2018-06-08");
  const Planned notice = PlanAt("2018-05-27T11:00")[0];
  ASSERT_EQ(notice.form, PlannedForm::kMoved);
  Tell(notice, "2018-05-27T11:00");
  Act(notice, Receipt::KIND_SNOOZED, "2018-05-28T15:00");
  std::vector<Planned> again;
  for (const Planned& planned : PlanAt("2018-05-28T15:00")) {
    if (planned.form == PlannedForm::kMoved) again.push_back(planned);
  }
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].alert, notice.alert);
  EXPECT_NE(again[0].id, notice.id);
  EXPECT_EQ(again[0].due, At("2018-05-28T15:00"));
  Tell(again[0], "2018-05-28T15:01");
  for (const Planned& planned : PlanAt("2018-05-28T16:00")) {
    EXPECT_NE(planned.form, PlannedForm::kMoved) << "once";
  }
}

TEST_F(DefaultPolicy, FailedInADigest_StaysInItThoughItsDateWentAndCameBack) {
  Add("manual", DEADLINE_KIND_MANUAL, "2018-05-20");  // a Sunday; 1 before: Friday the 18th
  ViewOf("manual").known_since = At("2018-05-17T12:00");
  PlanContext context = Context("2018-05-18T09:30");
  const Planned first = PlanCase(view_, context)[0];
  ASSERT_EQ(first.due, At("2018-05-18T09:00"));
  const std::string digest = DigestId(kDeskSubscription, "2018-05-18");
  Receipt failed = ReceiptOf(first, kCase, DEADLINE_KIND_MANUAL, Receipt::KIND_FAILED, context.now);
  failed.set_digest(digest);
  receipts_[first.deadline].push_back(failed);
  const std::set<std::string, std::less<>> tried = {digest};
  context.tried = &tried;
  ViewOf("manual").known_since = At("2018-05-18T09:40");
  context.now = At("2018-05-18T10:00");
  const Planned again = PlanCase(view_, context)[0];
  EXPECT_EQ(again.channel, Channel::kDigest) << "it may have arrived";
  EXPECT_EQ(again.due, At("2018-05-18T09:00"));
}

TEST_F(DefaultPolicy, DigestThatWasTried_KeepsItsItemsHoweverLateItGets) {
  Add("manual", DEADLINE_KIND_MANUAL, "2018-05-25");  // 7 before: Friday the 18th
  PlanContext context = Context("2018-05-18T15:00");
  EXPECT_EQ(PlanCase(view_, context)[0].due, At("2018-05-21T09:00")) << "too late for Friday's";
  const std::set<std::string, std::less<>> tried = {DigestId(kDeskSubscription, "2018-05-18")};
  context.tried = &tried;
  EXPECT_EQ(PlanCase(view_, context)[0].due, At("2018-05-18T09:00"));
}

}  // namespace
}  // namespace vigil::alert
