// Redis that lost something is noticed within a second by the engine's own clock, whenever in its
// rounds that happens: one look at the heads suffices.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/alert/engine_fixture.h"

namespace vigil::alert {
namespace {

struct Loss {
  const char* name;
  std::function<void(sim::RedisModel&)> lose;
};

class Noticed : public EngineTest, public ::testing::WithParamInterface<Loss> {};

TEST_P(Noticed, WithinASecond) {
  for (int ms = 0; ms < 500; ms += 25) {
    redis_.SaveForRollback();
    PutDeadline(1 + ms);  // news to every shard
    Run(absl::Seconds(20) + absl::Milliseconds(ms));
    ASSERT_EQ(replica_->engine.Status().live_shards, kShardCount);
    const int before = replica_->losses;
    GetParam().lose(redis_);
    Run(absl::Seconds(1));
    EXPECT_EQ(replica_->losses - before, kShardCount) << ms;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Noticed,
    ::testing::Values(Loss{"Emptied", [](auto& redis) { redis.Wipe(); }},
                      Loss{"RestartedWithNothing", [](auto& redis) { redis.Restart(false); }},
                      Loss{"RolledBack", [](auto& redis) { redis.RollBack(); }}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vigil::alert
