// An alert that is handed over is told to its new holder, who is to answer it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert-svc/domain/addressee.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
using registry::v1::Receipt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecond[] = "receivers/second";
constexpr char kThird[] = "receivers/third";

// A custody limit on 5 June; the desk was told ten days before, on 26 May at nine.
class HandOver : public PlanFixture {
 protected:
  HandOver() {
    for (const char* name : {kSecond, kThird}) {
      v1::Receiver receiver = *settings_.FindReceiver(kDesk);
      receiver.set_name(name);
      EXPECT_TRUE(settings_.Put(receiver).ok());
    }
    v1::Subscription subscription = *settings_.FindSubscription(kDeskSubscription);
    subscription.set_stand_in(kThird);
    EXPECT_TRUE(settings_.Put(subscription).ok());
    limit_ = &Add("limit", DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05");
    first_ = PlanAt("2018-05-26T09:00")[0];
    Tell(first_, "2018-05-26T09:00");
  }
  void Give(const Planned& alert, const std::string& receiver, const std::string& when) {
    Act(alert, Receipt::KIND_HANDED_OVER);
    Receipt& receipt = receipts_[alert.deadline].back();
    receipt.set_receiver(receiver);
    receipt.set_step(alert.step >= kMovedStep ? 0 : alert.step);
    *receipt.mutable_time() = ToProto(At(when));
  }
  std::vector<Planned> For(const std::string& receiver, const std::string& now) {
    std::vector<Planned> own;
    for (const Planned& planned : PlanAt(now)) {
      if (planned.receiver == receiver) own.push_back(planned);
    }
    return own;
  }
  // "step/repeat" of what is owed to a receiver.
  std::vector<std::string> Owed(const std::string& receiver, const std::string& now) {
    std::vector<std::string> owed;
    for (const Planned& planned : For(receiver, now)) {
      owed.push_back(fmt::format("{}/{}", planned.step, planned.repeat));
    }
    return owed;
  }
  void SubscribeSecond() {
    v1::Subscription own = *settings_.FindSubscription(kDeskSubscription);
    own.set_name("subscriptions/second");
    own.set_receiver(kSecond);
    own.clear_stand_in();
    EXPECT_TRUE(settings_.Put(own).ok());
    delivered_.insert(SummaryId(own.name()));
  }

  registry::v1::Deadline* limit_;
  Planned first_;
};

TEST_F(HandOver, OfAnAlert_IsToldToTheNewHolderAtOnce) {
  Give(first_, kSecond, "2018-05-26T10:00");
  const auto planned = For(kSecond, "2018-05-26T10:01");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].alert, first_.alert);
  EXPECT_NE(planned[0].id, first_.id);
  EXPECT_EQ(planned[0].due, At("2018-05-26T10:00"));
  EXPECT_EQ(planned[0].channel, Channel::kSingle);
  EXPECT_THAT(Owed(kDesk, "2018-05-26T10:01"), ElementsAre("7/0")) << "the next step as always";
  EXPECT_THAT(Owed(kThird, "2018-05-26T10:01"), IsEmpty()) << "the new holder has the word";
}

TEST_F(HandOver, ToldOnce_IsNotOwedAgain) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  EXPECT_THAT(Owed(kSecond, "2018-05-26T10:02"), IsEmpty());
}

TEST_F(HandOver, NewHolderSilentToo_EscalatesToTheStandIn) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  const auto escalated = For(kThird, "2018-05-26T10:02");
  ASSERT_THAT(escalated, SizeIs(1));
  EXPECT_EQ(escalated[0].due, At("2018-05-26T14:01"));
  EXPECT_EQ(escalated[0].alert, first_.alert);
  EXPECT_EQ(escalated[0].level, 1);
  Act(first_, Receipt::KIND_ACKNOWLEDGED);
  EXPECT_THAT(Owed(kThird, "2018-05-26T15:00"), IsEmpty());
}

TEST_F(HandOver, NewHolderOutOfReach_EscalatesAtOnce) {
  Give(first_, kSecond, "2018-05-26T10:00");
  const Planned owed = For(kSecond, "2018-05-26T10:01")[0];
  receipts_[owed.deadline].push_back(ReceiptOf(owed, kCase, DEADLINE_KIND_CUSTODY_LIMIT,
                                               Receipt::KIND_DEAD, At("2018-05-26T10:01")));
  ASSERT_THAT(For(kThird, "2018-05-26T10:02"), SizeIs(1));
  EXPECT_EQ(For(kThird, "2018-05-26T10:02")[0].due, At("2018-05-26T10:01"));
}

TEST_F(HandOver, ToTheStandIn_DoesNotEscalateToTheSame) {
  Give(first_, kThird, "2018-05-26T10:00");
  Tell(For(kThird, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  EXPECT_THAT(Owed(kThird, "2018-05-26T10:02"), IsEmpty());
}

TEST_F(HandOver, AndBackAgain_IsToldAnew) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  Give(first_, kDesk, "2018-05-26T11:00");
  const auto planned = For(kDesk, "2018-05-26T11:01");
  ASSERT_THAT(planned, SizeIs(2));
  EXPECT_EQ(planned[0].alert, first_.alert);
  EXPECT_EQ(planned[0].due, At("2018-05-26T11:00"));
  EXPECT_THAT(Owed(kSecond, "2018-05-26T11:01"), IsEmpty());
}

TEST_F(HandOver, NewerStepTold_EndsIt) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  Tell(For(kDesk, "2018-05-29T09:00")[0], "2018-05-29T09:00");
  EXPECT_THAT(Owed(kSecond, "2018-05-29T09:01"), IsEmpty());
  const auto escalated = For(kThird, "2018-05-29T09:01");
  ASSERT_THAT(escalated, SizeIs(1)) << "of the new alert alone";
  EXPECT_EQ(escalated[0].step, 7);
}

TEST_F(HandOver, ToSomebodyWhoFollowsTheCase_IsOneMessage) {
  SubscribeSecond();
  Give(first_, kSecond, "2018-05-26T09:01");
  EXPECT_THAT(Owed(kSecond, "2018-05-26T09:02"), ElementsAre("10/701", "7/0"));
}

TEST_F(HandOver, DateMoved_TheNewHolderHearsOfItOnlyIfTold) {
  Give(first_, kSecond, "2018-05-26T10:00");
  const Planned owed = For(kSecond, "2018-05-26T10:01")[0];
  limit_->set_earliest("2018-06-08");
  limit_->set_latest("2018-06-08");
  EXPECT_THAT(For(kSecond, "2018-05-26T10:02"), IsEmpty());
  Tell(owed, "2018-05-26T10:01");
  const auto planned = For(kSecond, "2018-05-26T10:03");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].form, PlannedForm::kMoved);
}

TEST_F(HandOver, DateMovedAfterItWasHandedOn_WhoeverWasToldHearsOfIt) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  Give(first_, kDesk, "2018-05-26T11:00");
  limit_->set_earliest("2018-06-08");
  limit_->set_latest("2018-06-08");
  const auto planned = For(kSecond, "2018-05-26T12:00");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].form, PlannedForm::kMoved);
}

TEST_F(HandOver, OfANotice_IsToldAsTheNotice) {
  limit_->set_earliest("2018-06-08");
  limit_->set_latest("2018-06-08");
  const Planned notice = For(kDesk, "2018-05-27T10:00")[0];
  ASSERT_EQ(notice.form, PlannedForm::kMoved);
  Tell(notice, "2018-05-27T10:00");
  Give(notice, kSecond, "2018-05-27T11:00");
  const auto planned = For(kSecond, "2018-05-27T11:01");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].form, PlannedForm::kMoved);
  EXPECT_EQ(planned[0].alert, notice.alert);
}

TEST_F(HandOver, Repeats_GoToTheNewHolder) {
  deadlines_.clear();
  view_.deadlines.clear();
  receipts_.clear();
  Add("parole", registry::v1::DEADLINE_KIND_PAROLE_ELIGIBILITY, "2018-05-16");
  const Planned opened = PlanAt("2018-05-16T09:00")[0];
  Tell(opened, "2018-05-16T09:00");
  Give(opened, kSecond, "2018-05-17T08:00");
  Tell(For(kSecond, "2018-05-17T08:01")[0], "2018-05-17T08:01");
  // 15 June is 30 days after the date.
  EXPECT_THAT(Owed(kSecond, "2018-06-15T09:01"), ElementsAre("0/1", "0/2"));
  EXPECT_THAT(Owed(kDesk, "2018-06-15T09:01"), IsEmpty());
}

TEST_F(HandOver, PutOffByTheNewHolder_SpeaksToThatOneAgain) {
  Give(first_, kSecond, "2018-05-26T10:00");
  Tell(For(kSecond, "2018-05-26T10:01")[0], "2018-05-26T10:01");
  Act(first_, Receipt::KIND_SNOOZED, "2018-05-27T15:00");
  const auto planned = For(kSecond, "2018-05-26T12:00");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].due, At("2018-05-27T15:00"));
  EXPECT_THAT(Owed(kDesk, "2018-05-26T12:00"), ElementsAre("7/0"));
}

}  // namespace
}  // namespace vigil::alert
