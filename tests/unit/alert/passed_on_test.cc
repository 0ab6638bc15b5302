// What goes on to the stand-in, and what it says of why.
#include <gmock/gmock.h>

#include "tests/unit/alert/deputy_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;

class PassedOnTest : public DeputyFixture {
 protected:
  void Tell(v1::Policy::Channel channel) {
    PutPolicy(channel, 24);
    PutDeadline(1);
    for (int i = 0; i < 40 && TakenBy(kDeputy).empty(); ++i) Run(absl::Seconds(1));
    ASSERT_THAT(TakenBy(kDeputy), SizeIs(1));
  }
};

TEST_F(PassedOnTest, WhatWasToldAndNotAnsweredIsNotAcknowledged) {
  Tell(v1::Policy::CHANNEL_AT_ONCE);
  EXPECT_THAT(TakenBy(kDesk), SizeIs(1));
  EXPECT_EQ(TakenBy(kDeputy)[0].level, 1);
  EXPECT_FALSE(TakenBy(kDeputy)[0].undelivered);
}

TEST_F(PassedOnTest, WhatFailsWasNotDelivered) {
  weather_.down_until[kDesk] = absl::InfiniteFuture();
  Tell(v1::Policy::CHANNEL_AT_ONCE);
  EXPECT_THAT(TakenBy(kDesk), SizeIs(0));
  EXPECT_TRUE(TakenBy(kDeputy)[0].undelivered);
}

TEST_F(PassedOnTest, WhatFailsInADigestIsPassedOnAloneWhileTheDigestIsStillTried) {
  weather_.down_until[kDesk] = absl::InfiniteFuture();
  PutPolicy(v1::Policy::CHANNEL_DAILY, 24);
  for (const char* parent : {"cases/c-1", "cases/c-2"}) PutDeadline(1, parent);
  for (int i = 0; i < 40 && TakenBy(kDeputy).size() < 2; ++i) Run(absl::Seconds(1));
  ASSERT_THAT(TakenBy(kDeputy), SizeIs(2));
  for (const Message& message : TakenBy(kDeputy)) {
    EXPECT_EQ(message.form, Message::Form::kSingle);
    EXPECT_EQ(message.level, 1);
    EXPECT_TRUE(message.undelivered);
  }
  weather_.down_until.clear();
  for (int i = 0; i < 60 && TakenBy(kDesk).empty(); ++i) Run(absl::Seconds(1));
  ASSERT_THAT(TakenBy(kDesk), SizeIs(1)) << "it stays one message";
  EXPECT_EQ(TakenBy(kDesk)[0].form, Message::Form::kDigest);
  EXPECT_THAT(TakenBy(kDesk)[0].items, SizeIs(2));
  Run(absl::Seconds(20));
  EXPECT_THAT(TakenBy(kDeputy), SizeIs(2)) << "nobody is told twice";
}

TEST_F(PassedOnTest, ADigestThatComesThroughWithinItsTimeIsPassedOnToNobody) {
  weather_.down_until[kDesk] = queue_.wall() + absl::Seconds(10);
  PutPolicy(v1::Policy::CHANNEL_DAILY, 240);
  PutDeadline(1);
  for (int i = 0; i < 40 && TakenBy(kDesk).empty(); ++i) Run(absl::Seconds(1));
  ASSERT_THAT(TakenBy(kDesk), SizeIs(1));
  EXPECT_GT(TakenBy(kDesk)[0].attempt, 1);
  EXPECT_THAT(TakenBy(kDeputy), SizeIs(0));
}

TEST_F(PassedOnTest, WhatCameBackWasNotDelivered) {
  PutPolicy(v1::Policy::CHANNEL_AT_ONCE, 240);
  PutDeadline(1);
  for (int i = 0; i < 40 && TakenBy(kDesk).empty(); ++i) Run(absl::Seconds(1));
  ASSERT_THAT(TakenBy(kDesk), SizeIs(1));
  Run(absl::Seconds(3));
  engine().Bounced(TakenBy(kDesk)[0].id, "5.2.2", [](absl::Status) {});
  Run(absl::Seconds(5));
  ASSERT_THAT(TakenBy(kDeputy), SizeIs(1));
  EXPECT_TRUE(TakenBy(kDeputy)[0].undelivered);
}

}  // namespace
}  // namespace vigil::alert
