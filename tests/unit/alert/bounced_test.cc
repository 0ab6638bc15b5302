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

}  // namespace
}  // namespace vigil::alert
