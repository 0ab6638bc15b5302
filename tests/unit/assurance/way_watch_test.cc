#include "alert-svc/engine/way_watch.h"

#include <gtest/gtest.h>

namespace vigil::alert {
namespace {

using Said = Outcome::Said;

class WayWatchTest : public ::testing::Test {
 protected:
  void Note(int minute, const std::string& receiver, Said said, bool ours = false) {
    now_ = absl::Minutes(minute);
    Outcome outcome;
    outcome.said = said;
    outcome.ours = ours;
    watch_.Note(receiver, outcome, now_);
  }
  int Failing() const { return absl::ToInt64Minutes(watch_.Failing(now_)); }

  WayWatch watch_;
  absl::Duration now_;
};

TEST_F(WayWatchTest, OneReceiverThatFails_IsItsOwnTrouble) {
  Note(0, "a", Said::kFailed);
  Note(60, "a", Said::kFailed);
  EXPECT_EQ(Failing(), 0);
  Note(70, "b", Said::kFailed);
  EXPECT_EQ(Failing(), 70);
}

TEST_F(WayWatchTest, OneAttemptThatFails_IsNoTimeAtAll) {
  Note(0, "a", Said::kFailed, true);
  now_ = absl::Minutes(90);
  EXPECT_EQ(Failing(), 0);
}

TEST_F(WayWatchTest, WhatIsOurs_CountsOfOneReceiverToo) {
  Note(0, "a", Said::kFailed, true);
  Note(31, "a", Said::kFailed, true);
  EXPECT_EQ(Failing(), 31);
}

TEST_F(WayWatchTest, WhateverGetsThrough_EndsIt) {
  Note(0, "a", Said::kFailed, true);
  Note(31, "a", Said::kFailed, true);
  Note(32, "b", Said::kNothing);
  EXPECT_EQ(Failing(), 31);
  Note(33, "b", Said::kAnswered);
  EXPECT_EQ(Failing(), 0);
  Note(34, "a", Said::kFailed, true);
  Note(40, "a", Said::kFailed, true);
  EXPECT_EQ(Failing(), 6);
}

TEST_F(WayWatchTest, WhatNobodyTriesAnyMore_IsForgotten) {
  Note(0, "a", Said::kFailed, true);
  Note(31, "a", Said::kFailed, true);
  now_ += absl::Hours(26);
  EXPECT_EQ(Failing(), 31);
  now_ += absl::Hours(2);
  EXPECT_EQ(Failing(), 0);
  Note(60 * 48, "a", Said::kFailed, true);
  EXPECT_EQ(Failing(), 0);
}

}  // namespace
}  // namespace vigil::alert
