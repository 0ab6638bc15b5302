// Change notices and people's acts: what a snooze holds back, and what it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecond[] = "receivers/second";

// The desk and a second receiver were told of a custody limit on 5 June, ten days before.
class Notices : public PlanFixture {
 protected:
  Notices() {
    v1::Receiver second = *settings_.FindReceiver(kDesk);
    second.set_name(kSecond);
    EXPECT_TRUE(settings_.Put(second).ok());
    v1::Subscription own = *settings_.FindSubscription(kDeskSubscription);
    own.set_name("subscriptions/second");
    own.set_receiver(kSecond);
    EXPECT_TRUE(settings_.Put(own).ok());
    delivered_.insert(SummaryId(own.name()));
    limit_ = &Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
    for (const Planned& planned : PlanAt("2018-05-26T09:00")) {
      if (planned.due > At("2018-05-26T09:00")) continue;
      first_ = planned;
      Tell(planned, "2018-05-26T09:00");
    }
  }
  void Move(const std::string& date) {
    limit_->set_earliest(date);
    limit_->set_latest(date);
  }
  // The desk hears the notice that it is owed, and puts it off for all.
  void TellAndPutOff(const std::string& until) {
    const Planned notice = For(kDesk, "2018-05-27T11:00")[0];
    Tell(notice, "2018-05-27T11:00");
    Act(notice, Receipt::KIND_SNOOZED, until);
  }
  // The change notices that are owed to somebody.
  std::vector<Planned> For(const std::string& receiver, const std::string& now) {
    std::vector<Planned> notices;
    for (const Planned& planned : PlanAt(now)) {
      const bool notice = planned.form != PlannedForm::kReminder;
      if (notice && planned.receiver == receiver) notices.push_back(planned);
    }
    return notices;
  }

  registry::v1::Deadline* limit_;
  Planned first_;
};

TEST_F(Notices, AlertOfTheDatesBeforeWasPutOff_TheNewsComesAtOnce) {
  Act(first_, Receipt::KIND_SNOOZED, "2018-05-30T09:00");
  Move("2018-06-08");
  const auto notices = For(kDesk, "2018-05-27T11:00");
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_LE(notices[0].due, At("2018-05-27T11:00"));
}

TEST_F(Notices, PutOffByOne_ComesToWhoHasNotHeardItWhenTheTimeIsUp) {
  Move("2018-06-08");
  TellAndPutOff("2018-05-28T15:00");
  const auto waits = For(kSecond, "2018-05-27T12:00");
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_EQ(waits[0].due, At("2018-05-28T15:00"));
  EXPECT_EQ(waits[0].channel, Channel::kSingle);
  EXPECT_EQ(For(kDesk, "2018-05-27T12:00")[0].due, waits[0].due) << "to both at one time";
  Tell(waits[0], "2018-05-28T15:00");
  EXPECT_THAT(For(kSecond, "2018-05-28T16:00"), IsEmpty()) << "once";
}

TEST_F(Notices, PutOffByOne_TheStepsThatComeMeanwhileAreTold) {
  Move("2018-06-08");
  TellAndPutOff("2018-06-20T09:00");
  std::vector<int> steps;
  for (const Planned& planned : PlanAt("2018-06-05T12:00")) {
    if (planned.receiver == kSecond && planned.form == PlannedForm::kReminder) {
      steps.push_back(planned.step);
    }
  }
  EXPECT_THAT(steps, ::testing::Contains(3)) << "the news waits until the limit has passed";
}

TEST_F(Notices, ThatADateIsGoneWasPutOffByOne_ComesToTheOtherThenToo) {
  limit_->set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  TellAndPutOff("2018-05-28T15:00");
  const auto waits = For(kSecond, "2018-05-27T12:00");
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_EQ(waits[0].due, At("2018-05-28T15:00"));
  Tell(waits[0], "2018-05-28T15:00");
  EXPECT_THAT(For(kSecond, "2018-05-28T16:00"), IsEmpty());
}

// A window that went on 25 May, and whether that is news to be told at once.
struct Window {
  const char* name;
  const char *earliest, *latest;
  registry::v1::DeadlineNature nature;
  bool urgent;
};

class NoticesOfWindows : public PlanFixture, public ::testing::WithParamInterface<Window> {};

TEST_P(NoticesOfWindows, Withdrawn_IsUrgentWithinFourteenDaysOfIt) {
  registry::v1::Deadline& deadline =
      Add("window", registry::v1::DEADLINE_KIND_BAN_END, GetParam().earliest, GetParam().latest);
  deadline.set_nature(GetParam().nature);
  const auto planned = PlanAt("2018-05-24T12:00");
  ASSERT_FALSE(planned.empty());
  Tell(planned[0], "2018-05-24T12:00");
  deadline.set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  ViewOf("window").known_since = At("2018-05-25T11:00");
  const auto notices = PlanAt("2018-05-25T11:00");
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].form, PlannedForm::kWithdrawn);
  EXPECT_EQ(notices[0].channel, GetParam().urgent ? Channel::kSingle : Channel::kDigest);
}

INSTANTIATE_TEST_SUITE_P(All, NoticesOfWindows,
                         ::testing::Values(Window{"TodayIsInIt", "2018-05-01", "2018-05-30",
                                                  registry::v1::DEADLINE_NATURE_HAPPENS, true},
                                           Window{"Ahead", "2018-06-08", "2018-09-30",
                                                  registry::v1::DEADLINE_NATURE_HAPPENS, true},
                                           Window{"FarAhead", "2018-06-09", "2018-09-30",
                                                  registry::v1::DEADLINE_NATURE_HAPPENS, false},
                                           Window{"Behind", "2018-03-01", "2018-05-11",
                                                  registry::v1::DEADLINE_NATURE_HAPPENS, true},
                                           Window{"FarBehind", "2018-03-01", "2018-05-10",
                                                  registry::v1::DEADLINE_NATURE_HAPPENS, false},
                                           Window{"OfTheStateFarAhead", "2018-05-20", "2018-06-09",
                                                  registry::v1::DEADLINE_NATURE_STATE_DUE, false},
                                           Window{"OfTheStateAhead", "2018-05-01", "2018-06-08",
                                                  registry::v1::DEADLINE_NATURE_STATE_DUE, true}),
                         [](const auto& param_info) { return std::string(param_info.param.name); });

// Why a date that was told is silent by now, and what it is that was told.
struct Silent {
  const char* name;
  registry::v1::DeadlineKind kind;
  std::function<void(CaseView&, registry::v1::Deadline&, Settings&)> fall_silent;
};

class NoticesOfTheSilent : public PlanFixture, public ::testing::WithParamInterface<Silent> {};

TEST_P(NoticesOfTheSilent, DateMoved_IsToldOnceAndNothingElse) {
  registry::v1::Deadline& deadline = Add("silent", GetParam().kind, "2018-06-05");
  const Planned told = PlanAt("2018-05-29T09:00")[0];
  ASSERT_LE(told.due, At("2018-05-29T09:00"));
  Tell(told, "2018-05-29T09:00");
  GetParam().fall_silent(view_, deadline, settings_);
  EXPECT_THAT(PlanAt("2018-06-08T09:00"), IsEmpty()) << "it is silent";
  deadline.set_earliest("2018-06-07");
  deadline.set_latest("2018-06-07");
  const auto notices = PlanAt("2018-06-08T09:00");
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].form, PlannedForm::kMoved);
  Tell(notices[0], "2018-06-08T09:00");
  EXPECT_THAT(PlanAt("2018-06-08T09:01"), IsEmpty()) << "once";
}

INSTANTIATE_TEST_SUITE_P(
    All, NoticesOfTheSilent,
    ::testing::Values(
        Silent{"Barred", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY,
               [](auto&, auto& deadline, auto&) {
                 deadline.set_eligibility(registry::v1::ELIGIBILITY_BARRED);
               }},
        Silent{"ParoleUnderRestriction", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY,
               [](auto& view, auto& deadline, auto&) {
                 view.situation = registry::v1::SITUATION_UNDER_RESTRICTION;
                 deadline.set_count("told in full");
               }},
        Silent{"AppealTermPassed", registry::v1::DEADLINE_KIND_APPEAL, [](auto&, auto&, auto&) {}},
        Silent{"PolicySaysNever", registry::v1::DEADLINE_KIND_APPEAL,
               [](auto&, auto&, auto& settings) {
                 v1::Policy never = *settings.PolicyFor({registry::v1::DEADLINE_KIND_APPEAL});
                 never.set_channel(v1::Policy::CHANNEL_NEVER);
                 EXPECT_TRUE(settings.Put(never).ok());
               }}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vigil::alert
