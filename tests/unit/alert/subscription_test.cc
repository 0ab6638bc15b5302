// Who hears of what: by country of the case; on whose working days.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/rpc/errors.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::DEADLINE_KIND_BAN_END;
using registry::v1::DEADLINE_KIND_MANUAL;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Subscriptions : public PlanFixture {
 protected:
  Subscriptions() {
    calendars_["KZ"] = days_;
    // Two days off in the middle of a week.
    rules::v1::Calendar calendar;
    calendar.set_country("UA");
    for (const char* date : {"2018-05-23", "2018-05-24"}) {
      auto& day = *calendar.add_dated();
      day.set_date(date);
      day.set_name("days off");
    }
    calendars_["UA"] = civil::WorkingDays::Make(calendar).value();
  }
  void Change(const std::function<void(v1::Subscription&)>& change) {
    v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
    change(subscription);
    EXPECT_TRUE(settings_.Put(subscription).ok());
  }
  void KeepDaysOf(const std::string& country) {
    Change([&](auto& subscription) { subscription.set_calendar(country); });
  }
  std::vector<Planned> Plan(const std::string& now) {
    PlanContext context = Context(now);
    context.calendars = &calendars_;
    return PlanCase(view_, context);
  }

  civil::Calendars calendars_;
};

TEST_F(Subscriptions, ByCountry_HearOfCasesOfTheseStatesAlone) {
  Add("ban", DEADLINE_KIND_BAN_END, "2018-05-24");
  Change([](auto& subscription) {
    subscription.add_countries("UA");
    subscription.add_countries("KZ");
  });
  view_.country = "KZ";
  EXPECT_THAT(Plan("2018-05-01T09:00"), Not(IsEmpty()));
  view_.country = "RU";
  EXPECT_THAT(Plan("2018-05-01T09:00"), IsEmpty());
  view_.country = "";  // a dossier
  EXPECT_THAT(Plan("2018-05-01T09:00"), IsEmpty());
  Change([](auto& subscription) { subscription.clear_countries(); });
  EXPECT_THAT(Plan("2018-05-01T09:00"), Not(IsEmpty()));
}

TEST_F(Subscriptions, WorkingDaysOfThePerson_MoveRemindersAndDigests) {
  Add("ban", DEADLINE_KIND_BAN_END, "2018-05-25");  // a day before is Thursday the 24th
  EXPECT_EQ(Plan("2018-05-22T10:00").back().due, At("2018-05-24T09:00"));
  KeepDaysOf("UA");
  EXPECT_EQ(Plan("2018-05-21T10:00").back().due, At("2018-05-22T09:00"));
}

TEST_F(Subscriptions, WorkingDaysOfThePerson_AreThoseAnAnswerIsWaitedFor) {
  Change([](auto& subscription) { subscription.set_stand_in(kDesk); });
  Add("manual", DEADLINE_KIND_MANUAL, "2018-05-29");
  const auto told = Plan("2018-05-22T09:00");
  Tell(told[0], "2018-05-22T09:00");
  EXPECT_EQ(Plan("2018-05-22T09:01").back().due, At("2018-05-23T09:00"));
  KeepDaysOf("UA");
  EXPECT_EQ(Plan("2018-05-22T09:01").back().due, At("2018-05-25T09:00"));
}

TEST_F(Subscriptions, CalendarThatIsNotThere_KeepsTheDaysOfTheHouse) {
  Add("ban", DEADLINE_KIND_BAN_END, "2018-05-25");
  KeepDaysOf("XX");
  EXPECT_EQ(Plan("2018-05-22T10:00").back().due, At("2018-05-24T09:00"));
}

TEST_F(Subscriptions, CodeThatIsNone_IsRefusedByField) {
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.add_countries("kz");
  EXPECT_EQ(rpc::MetadataOf(settings_.Put(subscription))["field"], "countries");
  subscription.clear_countries();
  subscription.set_calendar("Kazakhstan");
  EXPECT_EQ(rpc::MetadataOf(settings_.Put(subscription))["field"], "calendar");
}

TEST_F(Subscriptions, CalendarThatTheServiceDoesNotHave_IsRefusedWithThoseItHas) {
  v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
  EXPECT_TRUE(CheckCalendar(subscription, calendars_).ok());
  subscription.set_calendar("UA");
  EXPECT_TRUE(CheckCalendar(subscription, calendars_).ok());
  subscription.set_calendar("XX");
  const absl::Status refused = CheckCalendar(subscription, calendars_);
  EXPECT_EQ(rpc::ReasonOf(refused), "BAD_SETTING");
  EXPECT_NE(refused.message().find("KZ, UA"), std::string::npos);
}

}  // namespace
}  // namespace vigil::alert
