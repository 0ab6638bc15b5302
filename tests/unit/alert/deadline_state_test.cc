#include "alert-svc/domain/deadline_state.h"

#include <gtest/gtest.h>

#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using registry::v1::DEADLINE_STATE_DUE;
using registry::v1::DEADLINE_STATE_MET;
using registry::v1::DEADLINE_STATE_PASSED;
using registry::v1::DEADLINE_STATE_UPCOMING;

// From 5 to 7 June in Almaty, where it is six hours later than in UTC.
registry::v1::Deadline Window(registry::v1::DeadlineNature nature) {
  registry::v1::Deadline deadline;
  deadline.set_nature(nature);
  deadline.set_earliest("2018-06-05");
  deadline.set_latest("2018-06-07");
  deadline.set_time_zone("Asia/Almaty");
  deadline.set_state(DEADLINE_STATE_UPCOMING);
  return deadline;
}

absl::Time Midnight(unsigned day) {
  return LocalMoment(civil::MakeDay(2018, 6, day), 0, Zone("Asia/Almaty"));
}

constexpr absl::Duration kMoment = absl::Seconds(1);

TEST(DeadlineState, WindowGoesBy_ItTurnsAtMidnightInItsZone) {
  const auto window = Window(registry::v1::DEADLINE_NATURE_LIMIT);
  EXPECT_EQ(StateAt(window, Midnight(5) - kMoment), DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(NextStateAfter(window, Midnight(5) - kMoment), Midnight(5));
  EXPECT_EQ(StateAt(window, Midnight(5)), DEADLINE_STATE_DUE);
  EXPECT_EQ(NextStateAfter(window, Midnight(5)), Midnight(8));
  EXPECT_EQ(StateAt(window, Midnight(8) - kMoment), DEADLINE_STATE_DUE);
  EXPECT_EQ(StateAt(window, Midnight(8)), DEADLINE_STATE_PASSED);
  EXPECT_EQ(NextStateAfter(window, Midnight(8)), absl::InfiniteFuture());
}

TEST(DeadlineState, RightThatOpened_StaysOpen) {
  const auto window = Window(registry::v1::DEADLINE_NATURE_OPENS);
  EXPECT_EQ(StateAt(window, Midnight(20)), DEADLINE_STATE_DUE);
  EXPECT_EQ(NextStateAfter(window, Midnight(6)), absl::InfiniteFuture());
}

TEST(DeadlineState, WhatAFactEnded_NoDayChanges) {
  auto window = Window(registry::v1::DEADLINE_NATURE_LIMIT);
  window.set_state(DEADLINE_STATE_MET);
  EXPECT_EQ(StateAt(window, Midnight(20)), DEADLINE_STATE_MET);
  EXPECT_EQ(NextStateAfter(window, Midnight(1)), absl::InfiniteFuture());
}

}  // namespace
}  // namespace vigil::alert
