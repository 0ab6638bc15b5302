#include "common/held/held.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

using registry::v1::DEADLINE_KIND_CUSTODY_LIMIT;
using registry::v1::DEADLINE_KIND_SENTENCE_END;

const absl::Time kNow = absl::FromUnixSeconds(1'524'884'400);  // 2018-04-28T03:00:00Z

TEST(LatestSnooze, AboutWhoIsHeld_IsADayAndNotIntoTheLimitAnywhere) {
  EXPECT_EQ(LatestSnooze(DEADLINE_KIND_CUSTODY_LIMIT, "2018-06-07", kNow), kNow + absl::Hours(24));
  EXPECT_EQ(LatestSnooze(DEADLINE_KIND_CUSTODY_LIMIT, "2018-04-29", kNow),
            absl::FromUnixSeconds(1'524'909'600))
      << "the 29th begins at 2018-04-28T10:00:00Z in the first of zones";
  EXPECT_LT(LatestSnooze(DEADLINE_KIND_CUSTODY_LIMIT, "2018-04-28", kNow), kNow);
  EXPECT_LT(LatestSnooze(DEADLINE_KIND_CUSTODY_LIMIT, "", kNow), kNow);
}

TEST(LatestSnooze, AboutAnythingElse_IsOpen) {
  EXPECT_EQ(LatestSnooze(DEADLINE_KIND_SENTENCE_END, "2018-04-28", kNow), absl::InfiniteFuture());
}

}  // namespace
}  // namespace vigil
