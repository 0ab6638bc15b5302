// What a world knows of how well a receiver is reached.
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/trouble/trouble_world.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

class ContactTest : public ::testing::Test {
 protected:
  static absl::Time At(int hour) { return TroubleWorld::At(hour); }
  World::Contact Contact() const { return world_.world().ContactOf(TroubleWorld::kHook); }

  TroubleWorld world_;
};

TEST_F(ContactTest, FailuresCountFromTheFirstSinceASuccess) {
  world_.Attempt(1, Receipt::KIND_FAILED);
  world_.Attempt(2, Receipt::KIND_SENT);
  world_.Attempt(3, Receipt::KIND_FAILED);
  world_.Attempt(5, Receipt::KIND_DEAD);
  EXPECT_EQ(Contact().told, At(2));
  EXPECT_EQ(Contact().first_failed, At(3));
  EXPECT_EQ(Contact().last_failed, At(5));
  EXPECT_EQ(Contact().error, "HTTP 503");
}

TEST_F(ContactTest, ADigestCountsAsAnyMessage) {
  world_.Attempt(1, Receipt::KIND_FAILED, "");
  EXPECT_EQ(Contact().first_failed, At(1));
  world_.Attempt(2, Receipt::KIND_IN_DIGEST);
  EXPECT_EQ(Contact().first_failed, absl::InfiniteFuture());
}

TEST_F(ContactTest, AnotherOrderSaysTheSame) {
  world_.Attempt(5, Receipt::KIND_FAILED);
  world_.Attempt(2, Receipt::KIND_SENT);
  world_.Attempt(1, Receipt::KIND_FAILED);
  world_.Attempt(3, Receipt::KIND_FAILED);
  EXPECT_EQ(Contact().first_failed, At(3));
  EXPECT_EQ(Contact().last_failed, At(5));
  world_.Attempt(6, Receipt::KIND_SENT);
  EXPECT_EQ(Contact().first_failed, absl::InfiniteFuture());
  EXPECT_EQ(Contact().last_failed, absl::InfinitePast());
}

TEST_F(ContactTest, WhatIsNoAttemptSaysNothing) {
  for (const auto kind : {Receipt::KIND_MUTED, Receipt::KIND_SKIPPED, Receipt::KIND_ACKNOWLEDGED}) {
    world_.Attempt(1, kind);
  }
  EXPECT_EQ(Contact().told, absl::InfinitePast());
  EXPECT_EQ(Contact().first_failed, absl::InfiniteFuture());
}

}  // namespace
}  // namespace vigil::alert
