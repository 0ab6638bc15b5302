#include "common/shard/shard.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace vigil {
namespace {

TEST(ShardOf, KnownNames_NeverMove) {
  // Schedules on disk rest on these; a change here loses them.
  EXPECT_EQ(ShardOf("cases/c-74xjbtfc"), 27);
  EXPECT_EQ(ShardOf("dossiers/d-zz3k8w8x"), 46);
  EXPECT_EQ(ShardOf(""), 18);
}

TEST(ShardOf, ManyNames_SpreadEvenly) {
  constexpr int kNames = 64'000;
  std::vector<int> counts(kShardCount);
  for (int i = 0; i < kNames; ++i) ++counts[ShardOf(fmt::format("cases/c-{}", i))];
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  EXPECT_GT(*least, 850);
  EXPECT_LT(*most, 1150);
}

TEST(ShardOf, OneShard_TakesAll) { EXPECT_EQ(ShardOf("cases/x", 1), 0); }

}  // namespace
}  // namespace vigil
