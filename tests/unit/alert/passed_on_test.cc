// What goes on to the stand-in, and what it says of why.
#include <gmock/gmock.h>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::SizeIs;

class PassedOnTest : public EngineFixture {
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

TEST_F(PassedOnTest, WhatCameBackWasNotDelivered) {
  PutPolicy(v1::Policy::CHANNEL_AT_ONCE, 240);
  PutDeadline(1);
  for (int i = 0; i < 40 && TakenBy(kDesk).empty(); ++i) Run(absl::Seconds(1));
  ASSERT_THAT(TakenBy(kDesk), SizeIs(1));
  Run(absl::Seconds(3));
  engine_->Bounced(TakenBy(kDesk)[0].id, "5.2.2", [](absl::Status) {});
  Run(absl::Seconds(5));
  ASSERT_THAT(TakenBy(kDeputy), SizeIs(1));
  EXPECT_TRUE(TakenBy(kDeputy)[0].undelivered);
}

}  // namespace
}  // namespace vigil::alert
