// The same calls and faults, drawn at random, on a real Redis and on the model that the simulation
// runs on: they answer alike and hold the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/integration/schedule/history.h"

namespace vigil::alert {
namespace {

constexpr int kSteps = 250;

class Conformance : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int kSeeds = 16;

  Conformance() { ++seeds_; }
  // Whatever can come to pass was seen, where no seed was chosen.
  static void TearDownTestSuite() {
    if (seeds_ < kSeeds) return;
    for (const int count : tally.outcomes) EXPECT_GT(count, 0);
    for (const int count : tally.moods) EXPECT_GT(count, 0);
    EXPECT_GT(tally.kept, 0);
    EXPECT_GT(tally.emptied, 0);
    EXPECT_GT(tally.rolled_back, 0);
    EXPECT_GT(tally.set_back, 0);
    EXPECT_GT(tally.trims, 0);
    EXPECT_GT(tally.long_applies, 0);
    EXPECT_GT(tally.long_writes, 0);
    EXPECT_GT(tally.together, 0);
    EXPECT_GT(tally.stale_together, 0);
    EXPECT_GT(tally.named_twice, 0);
    EXPECT_GT(tally.ended_leases, 0);
  }

  static inline Tally tally;

 private:
  static inline int seeds_ = 0;
};

TEST_P(Conformance, RedisAndItsModelAgree) {
  History history(static_cast<uint64_t>(GetParam()), tally);
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(fmt::format("seed {}, step {}", GetParam(), step));
    history.Step();
    history.Compare();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Conformance, ::testing::Range(1, 17));

}  // namespace
}  // namespace vigil::alert
