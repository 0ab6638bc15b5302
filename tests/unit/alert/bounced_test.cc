#include "alert-svc/engine/bounced.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Bounced : public PlanFixture {
 protected:
  Bounced() { Add("limit", registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-05"); }
  std::vector<Receipt>& receipts() { return receipts_[deadlines_[0].name()]; }
};

TEST_F(Bounced, MessageThatCameBack_GoesOnToTheStandInAtOnce) {
  auto subscription = *settings_.FindSubscription(kDeskSubscription);
  subscription.set_stand_in("receivers/second");
  ASSERT_TRUE(settings_.Put(subscription).ok());
  auto receiver = *settings_.FindReceiver(kDesk);
  receiver.set_name("receivers/second");
  ASSERT_TRUE(settings_.Put(receiver).ok());
  Tell(PlanAt("2018-06-04T09:00")[0], "2018-06-04T09:00");
  World world;
  world.AddOwn(receipts()[0]);
  for (Receipt& receipt :
       BounceReceipts(world, receipts()[0].reminder(), "5.1.1", At("2018-06-04T09:10"))) {
    receipts().push_back(std::move(receipt));
  }
  const auto planned = PlanAt("2018-06-04T09:11");
  ASSERT_THAT(planned, SizeIs(1));
  EXPECT_EQ(planned[0].level, 1);
  EXPECT_EQ(planned[0].due, At("2018-06-04T09:10"));
}

TEST_F(Bounced, Digest_BouncesForEachOfItsReminders) {
  Tell(PlanAt("2018-06-04T09:00")[0], "2018-06-04T09:00");
  Receipt item = receipts()[0];
  item.set_kind(Receipt::KIND_IN_DIGEST);
  item.set_digest("digest");
  World world;
  world.AddOwn(item);
  item.set_id("other");
  item.set_reminder("other");
  world.AddOwn(item);
  const auto bounces = BounceReceipts(world, "digest", "", At("2018-06-04T10:00"));
  ASSERT_THAT(bounces, SizeIs(2));
  EXPECT_NE(bounces[0].id(), bounces[1].id());
  EXPECT_EQ(bounces[0].kind(), Receipt::KIND_DEAD);
  EXPECT_TRUE(bounces[0].bounced());
  EXPECT_EQ(bounces[0].error(), "bounced");
}

TEST_F(Bounced, SaidTwice_HasTheSameId) {
  Tell(PlanAt("2018-06-04T09:00")[0], "2018-06-04T09:00");
  World world;
  world.AddOwn(receipts()[0]);
  const std::string reminder = receipts()[0].reminder();
  const auto first = BounceReceipts(world, reminder, "5.1.1", At("2018-06-04T10:00"));
  world.AddOwn(first.at(0));
  const auto second = BounceReceipts(world, reminder, "5.1.1", At("2018-06-04T11:00"));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(first[0].id(), second[0].id());
}

TEST_F(Bounced, MessageNeverTold_BouncesForNothing) {
  World world;
  EXPECT_THAT(BounceReceipts(world, "unknown", "5.1.1", At("2018-06-04T10:00")), IsEmpty());
}

// A receipt of a week's findings.
Receipt OfFindings(Receipt::Kind kind, int attempts, bool bounced = false,
                   const std::string& digest = FindingsId(kDeskSubscription, "2018-05-07")) {
  Receipt receipt;
  receipt.set_kind(kind);
  receipt.set_reminder(FindingsId(kDeskSubscription, "2018-05-07"));
  receipt.set_digest(digest);
  receipt.set_receiver(kDesk);
  receipt.set_earliest("2018-05-07");
  receipt.set_attempts(attempts);
  receipt.set_bounced(bounced);
  receipt.set_id(ReceiptId((bounced ? "bounced/" : "") + receipt.reminder(), kind, attempts));
  return receipt;
}

TEST(BouncedFindings, AreGivenUpOrToldWhicheverReceiptIsHeardFirst) {
  const std::string dates = DigestId(kDeskSubscription, "2018-05-07");
  const Receipt sent = OfFindings(Receipt::KIND_SENT, 1);
  const Receipt sent_again = OfFindings(Receipt::KIND_SENT, 2);
  const Receipt bounce = OfFindings(Receipt::KIND_DEAD, 1, true);
  const Receipt given_up = OfFindings(Receipt::KIND_DEAD, 3);
  const Receipt with_dates = OfFindings(Receipt::KIND_IN_DIGEST, 0, false, dates);
  const Receipt dates_bounce = OfFindings(Receipt::KIND_DEAD, 0, true, dates);
  const auto told = [](const Receipt& first, const Receipt& second) {
    World world;
    world.AddOwn(first);
    world.AddOwn(second);
    return IsTold(world.findings().begin()->second.ended());
  };
  const auto expect = [&](const Receipt& one, const Receipt& other, bool expected) {
    EXPECT_EQ(told(one, other), expected) << one.ShortDebugString() << " first";
    EXPECT_EQ(told(other, one), expected) << other.ShortDebugString() << " first";
  };
  expect(sent, bounce, false);
  expect(sent_again, bounce, true);
  expect(sent_again, given_up, true);
  expect(with_dates, given_up, true);
  expect(with_dates, bounce, true);
  expect(with_dates, dates_bounce, false);
}

}  // namespace
}  // namespace vigil::alert
