#include "alert-svc/engine/breaker.h"

#include <gtest/gtest.h>

#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'524'916'800);  // 2018-04-28T12:00:00Z

// A world that was told how many messages come due in the first three shards on a day.
World Told(const std::string& day, std::initializer_list<int> due) {
  v1::DueForecast forecast;
  forecast.add_days()->set_day(day);
  for (const int count : due) forecast.mutable_days(0)->add_due(count);
  registry::v1::Change change;
  auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
  record.set_name(kForecastRecord);
  record.mutable_body()->PackFrom(forecast);
  World world;
  world.Fold(change, true);
  return world;
}

TEST(Breaker, TenTimesTheForecastOfTheDayMayBeDueAndNeverLessThanTheLeast) {
  const World world = Told("2018-04-28", {3, 40, 0});
  EXPECT_EQ(AllowedAt(world, 0, kNoon, 50), 50);
  EXPECT_EQ(AllowedAt(world, 1, kNoon, 50), 400);
  EXPECT_EQ(AllowedAt(world, 2, kNoon, 50), 50);
}

TEST(Breaker, WhatWasForecastForTheDayBeforeMayBeDueToo) {
  EXPECT_EQ(AllowedAt(Told("2018-04-27", {3, 40}), 1, kNoon, 50), 400)
      << "what speaks on both days is forecast for the first";
}

TEST(Breaker, WithoutAForecastOfTheDaysTheLeastHolds) {
  const World world = Told("2018-04-26", {40, 40, 40});
  EXPECT_EQ(AllowedAt(world, 1, kNoon, 50), 50);
  EXPECT_EQ(AllowedAt(World(), 1, kNoon, 50), 50);
  EXPECT_EQ(AllowedAt(Told("2018-04-28", {40}), 1, kNoon, 50), 50) << "a shard left out";
}

TEST(Breaker, TakenOutAnyNumberMayBeDue) {
  EXPECT_LT(AllowedAt(Told("2018-04-28", {40}), 0, kNoon, -1), 0);
}

TEST(Breaker, WhatIsAboutCustodyPasses) {
  const std::string kinds = PassingKinds();
  for (const auto kind :
       {registry::v1::DEADLINE_KIND_CUSTODY_LIMIT, registry::v1::DEADLINE_KIND_COMMITTAL_END,
        registry::v1::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT}) {
    EXPECT_NE(kinds.find(static_cast<char>(kind)), std::string::npos);
  }
  EXPECT_EQ(kinds.size(), 3u);
}

TEST(Breaker, ACorrectionOfMinutesIsNoLeap) {
  EXPECT_FALSE(IsLeap(absl::Minutes(9)));
  EXPECT_FALSE(IsLeap(-absl::Minutes(9)));
  EXPECT_TRUE(IsLeap(absl::Minutes(11)));
  EXPECT_TRUE(IsLeap(-absl::Minutes(11)));
}

TEST(JumpWatch, TimeThatGoesOnIsNoJump) {
  JumpWatch watch;
  EXPECT_EQ(watch.Look(kNoon, absl::Seconds(5)), absl::ZeroDuration());
  EXPECT_EQ(watch.Look(kNoon + absl::Hours(8), absl::Seconds(5) + absl::Hours(8)),
            absl::ZeroDuration())
      << "a process that stood still";
}

TEST(JumpWatch, TimeThatIsSetEitherWayIsToldOnceAndByHowMuch) {
  JumpWatch watch;
  watch.Look(kNoon, absl::Seconds(5));
  EXPECT_EQ(watch.Look(kNoon + absl::Hours(1), absl::Seconds(5)), absl::Hours(1));
  EXPECT_EQ(watch.Look(kNoon + absl::Hours(1), absl::Seconds(5)), absl::ZeroDuration());
  EXPECT_EQ(watch.Look(kNoon, absl::Seconds(5)), -absl::Hours(1));
}

}  // namespace
}  // namespace vigil::alert
