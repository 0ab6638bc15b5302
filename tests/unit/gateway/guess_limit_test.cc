#include "gateway/calendar/guess_limit.h"

#include "gtest/gtest.h"
#include "tests/testing/manual_clock.h"

namespace vigil::gateway {
namespace {

class Guesses : public ::testing::Test {
 protected:
  // How many of these guesses are let through.
  int Wrong(int times) {
    int admitted = 0;
    for (int i = 0; i < times; ++i) {
      if (!limit_.Admit("no-such")) continue;
      limit_.Missing("no-such");
      ++admitted;
    }
    return admitted;
  }

  ManualClock clock_;
  GuessLimit limit_{clock_};
};

TEST_F(Guesses, ThatAreWrong_AreLetThroughToABurstAndThenOneASecond) {
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst);
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(Wrong(1000), 3);
  clock_.Advance(absl::Hours(3));
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst);
}

TEST_F(Guesses, WhatIsKnownToBeThere_PassesThroughAFloodOfThem) {
  ASSERT_TRUE(limit_.Admit("mine"));
  limit_.Found("mine");
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst);
  EXPECT_TRUE(limit_.Admit("mine"));
  EXPECT_FALSE(limit_.Admit("another"));
}

TEST_F(Guesses, WhatIsFound_CostsNothing) {
  for (int i = 0; i < 1000; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_TRUE(limit_.Admit(id));
    limit_.Found(id);
  }
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst);
}

TEST_F(Guesses, WhatIsRevoked_CountsAsAGuessFromThenOn) {
  ASSERT_TRUE(limit_.Admit("mine"));
  limit_.Found("mine");
  limit_.Missing("mine");
  Wrong(1000);
  EXPECT_FALSE(limit_.Admit("mine"));
}

TEST_F(Guesses, WhatWasMade_PassesThroughAFloodOfThemWithoutMakingItLonger) {
  ASSERT_EQ(Wrong(10), 10);
  limit_.Made("mine");
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst - 10);
  EXPECT_TRUE(limit_.Admit("mine"));
}

TEST_F(Guesses, WhatIsNotAnswered_CountsForNothing) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(limit_.Admit("some"));
    limit_.Unanswered("some");
  }
  ASSERT_TRUE(limit_.Admit("mine"));
  limit_.Found("mine");
  ASSERT_EQ(Wrong(10), 10);
  ASSERT_TRUE(limit_.Admit("mine"));
  limit_.Unanswered("mine");
  EXPECT_EQ(Wrong(1000), GuessLimit::kBurst - 10);
}

}  // namespace
}  // namespace vigil::gateway
