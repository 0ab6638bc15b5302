#include "common/clock/wake_signal.h"

#include <gtest/gtest.h>

#include <thread>

namespace vigil {
namespace {

TEST(WakeSignal, EndsTheWaitThatRunsOrTheNext_Once) {
  WakeSignal signal;
  signal.Set();
  EXPECT_TRUE(signal.Wait(absl::Hours(1)));
  EXPECT_FALSE(signal.Wait(absl::Milliseconds(1)));
  std::thread other([&] { signal.Set(); });
  EXPECT_TRUE(signal.Wait(absl::Hours(1)));
  other.join();
}

TEST(WakeSignal, AWaitForNoTimeEndsAtOnce) {
  WakeSignal signal;
  EXPECT_FALSE(signal.Wait(-absl::Hours(1)));
  signal.Set();
  EXPECT_TRUE(signal.Wait(absl::ZeroDuration()));
}

}  // namespace
}  // namespace vigil
