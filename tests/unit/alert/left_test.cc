// Who was told of a date and follows it no more hears that it moved or went, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFirst[] = "receivers/first";
constexpr char kSecond[] = "receivers/second";

// The desk was told of a custody limit on 5 June, and its stand-in after it.
class Left : public PlanFixture {
 protected:
  Left() {
    v1::Receiver receiver = *settings_.FindReceiver(kDesk);
    for (const char* name : {kFirst, kSecond}) {
      receiver.set_name(name);
      EXPECT_TRUE(settings_.Put(receiver).ok());
    }
    view_.tags = {"strike"};
    Change([](v1::Subscription& own) {
      own.add_tags("strike");
      own.set_stand_in(kFirst);
    });
    limit_ = &Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
    Tell(For(kDesk, "2018-05-26T09:00").at(0), "2018-05-26T09:00");
    Tell(For(kFirst, "2018-05-26T13:00").at(0), "2018-05-26T13:00");
    ChangesAt("2018-05-27T10:00");
  }
  // When what becomes of the limit comes into the record.
  void ChangesAt(const std::string& time) {
    for (DeadlineView& own : view_.deadlines) own.known_since = At(time);
  }
  void Change(const std::function<void(v1::Subscription&)>& change) {
    v1::Subscription own = *settings_.FindSubscription(kDeskSubscription);
    change(own);
    EXPECT_TRUE(settings_.Put(own).ok());
  }
  void Move(const std::string& date) {
    limit_->set_earliest(date);
    limit_->set_latest(date);
  }
  // What is owed to somebody by now.
  std::vector<Planned> For(const std::string& receiver, const std::string& now) {
    std::vector<Planned> owed;
    for (const Planned& planned : PlanAt(now)) {
      if (planned.receiver == receiver && planned.due <= At(now)) owed.push_back(planned);
    }
    return owed;
  }
  // One change, alone, once.
  void ExpectTold(const std::string& receiver, PlannedForm form) {
    const auto owed = For(receiver, "2018-05-27T11:00");
    ASSERT_THAT(owed, SizeIs(1));
    EXPECT_EQ(owed[0].form, form);
    EXPECT_EQ(owed[0].channel, Channel::kSingle);
    Tell(owed[0], "2018-05-27T11:00");
    EXPECT_THAT(For(receiver, "2018-06-20T11:00"), IsEmpty()) << "once, and nothing else";
  }

  registry::v1::Deadline* limit_;
};

TEST_F(Left, StandInWasReplaced_HearsThatTheDateMoved) {
  Change([](v1::Subscription& own) { own.set_stand_in(kSecond); });
  EXPECT_THAT(For(kFirst, "2018-05-27T11:00"), IsEmpty()) << "it has not";
  Move("2018-08-05");
  EXPECT_THAT(For(kSecond, "2018-05-27T11:00"), IsEmpty()) << "was told nothing";
  ExpectTold(kFirst, PlannedForm::kMoved);
}

TEST_F(Left, ChangeOfLongAgo_IsNoNews) {
  Change([](v1::Subscription& own) { own.set_stand_in(kSecond); });
  Move("2018-08-05");
  EXPECT_THAT(For(kFirst, "2018-06-26T11:00"), SizeIs(1));
  EXPECT_THAT(For(kFirst, "2018-06-28T11:00"), IsEmpty());
}

TEST_F(Left, CaseLostItsTag_BothHearThatTheDateIsGone) {
  view_.tags.clear();
  EXPECT_THAT(PlanAt("2018-06-01T11:00"), IsEmpty());
  limit_->set_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  ExpectTold(kDesk, PlannedForm::kWithdrawn);
  ExpectTold(kFirst, PlannedForm::kWithdrawn);
}

TEST_F(Left, SubscriptionWasDeleted_WhoHadItWantsNoMore) {
  settings_.Remove(kDeskSubscription);
  Move("2018-08-05");
  EXPECT_THAT(For(kDesk, "2018-05-27T11:00"), IsEmpty());
  ExpectTold(kFirst, PlannedForm::kMoved);
}

TEST_F(Left, ReceiverWasDeleted_IsToldNothing) {
  Change([](v1::Subscription& own) { own.set_stand_in(kSecond); });
  settings_.Remove(kFirst);
  Move("2018-08-05");
  EXPECT_THAT(For(kFirst, "2018-05-27T11:00"), IsEmpty());
}

TEST_F(Left, HasQuietHoursForSomethingElse_TheyHold) {
  v1::Subscription own = *settings_.FindSubscription(kDeskSubscription);
  own.set_name("subscriptions/first");
  own.set_receiver(kFirst);
  own.clear_tags();
  own.add_cases("cases/another");
  own.set_quiet_from(10);
  own.set_quiet_until(12);
  ASSERT_TRUE(settings_.Put(own).ok());
  Change([](v1::Subscription& desk) { desk.set_stand_in(kSecond); });
  limit_->set_kind(registry::v1::DEADLINE_KIND_BAN_END);  // in quiet hours custody speaks
  Move("2018-06-07");
  std::vector<absl::Time> due;
  for (const Planned& planned : PlanAt("2018-05-27T11:00")) {
    if (planned.receiver == kFirst) due.push_back(planned.due);
  }
  EXPECT_THAT(due, ::testing::ElementsAre(At("2018-05-27T12:00")));
}

}  // namespace
}  // namespace vigil::alert
