#include "alert-svc/app/calendars.h"

#include <gtest/gtest.h>
#include <utime.h>

#include "alert-svc/engine/plan_version.h"
#include "tests/testing/temp_dir.h"

namespace vigil::alert {
namespace {

constexpr char kCalendar[] =
    "country: KZ\nmoved:\n  - {works: \"2018-04-28\", day_off: \"2018-04-30\"}\n";
constexpr char kCorrected[] =
    "country: KZ\nmoved:\n  - {works: \"2018-05-05\", day_off: \"2018-05-08\"}\n";

// The version of a folder with this calendar, changed so many seconds after 1970.
std::string VersionOf(const std::string& text, int changed, const std::string& name = "kz.yaml") {
  const TempDir dir;
  const utimbuf times{changed, changed};
  EXPECT_EQ(utime(dir.Write(name, text).c_str(), &times), 0);
  const auto loaded = LoadCalendars(dir.path());
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? loaded->version : "";
}

bool IsNewer(const std::string& found, const std::string& own) {
  return IsNewerPlan(PlanVersion("2024a", found), PlanVersion("2024a", own));
}

TEST(LoadCalendars, CorrectedLater_ReplicasWithTheOldOnesPlanNoMore) {
  const std::string old = VersionOf(kCalendar, 1000), corrected = VersionOf(kCorrected, 2000);
  EXPECT_NE(old, corrected);
  EXPECT_TRUE(IsNewer(corrected, old));
  EXPECT_FALSE(IsNewer(old, corrected));
}

TEST(LoadCalendars, SameOnesOnAnotherMachine_PlanAlike) {
  const std::string one = VersionOf(kCalendar, 1000), other = VersionOf(kCalendar, 2000, "a.yaml");
  EXPECT_FALSE(IsNewer(one, other));
  EXPECT_FALSE(IsNewer(other, one));
}

TEST(LoadCalendars, NoFolder_IsNoCalendarAndNoVersion) {
  const auto loaded = LoadCalendars("");
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->days.empty());
  EXPECT_EQ(loaded->version, "");
}

}  // namespace
}  // namespace vigil::alert
