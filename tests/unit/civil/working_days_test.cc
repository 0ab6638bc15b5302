#include "common/civil/working_days.h"

#include <gtest/gtest.h>

#include "common/yaml/yaml.h"

namespace vigil::civil {
namespace {

WorkingDays Kazakhstan() {
  rules::v1::Calendar calendar;
  const absl::Status status = LoadYaml(VIGIL_SOURCE_DIR "/data/calendars/kz.yaml", &calendar);
  EXPECT_TRUE(status.ok()) << status;
  return *WorkingDays::Make(calendar);
}

struct RollCase {
  const char* from;
  const char* to;
  bool known;
  const char* says;  // part of a step; empty: no step at all
};

TEST(WorkingDays, RollForward_FollowsHolidaysMovesAndDecrees) {
  const WorkingDays days = Kazakhstan();
  const RollCase cases[] = {
      {"2018-04-28", "2018-04-28", true, "working Saturday by decree"},
      {"2018-05-09", "2018-05-10", true, "Victory Day"},
      {"2018-05-08", "2018-05-10", true, "moved from Saturday 2018-05-05"},
      {"2017-04-22", "2017-04-24", true, "Saturday"},
      {"2017-03-18", "2017-03-18", true, "working Saturday"},
      {"2018-04-29", "2018-05-02", true, "Unity Day"},
      {"2018-08-21", "2018-08-22", true, "Kurban-ait"},
      {"2018-12-16", "2018-12-19", true, "day off for Independence Day on Sunday 2018-12-16"},
      {"2018-01-07", "2018-01-08", true, "Orthodox Christmas"},  // adds no day off
      {"2018-04-13", "2018-04-13", true, ""},
      {"2015-11-14", "2015-11-16", false, "does not know the moved days of 2015"},
      {"2022-12-01", "2022-12-01", true, ""},  // no holiday any more
  };
  for (const RollCase& c : cases) {
    const Roll roll = days.RollForward(*ParseDay(c.from));
    EXPECT_EQ(FormatDay(roll.day), c.to) << c.from;
    EXPECT_EQ(roll.known, c.known) << c.from;
    std::string text;
    for (const std::string& step : roll.steps) text += step + "\n";
    if (*c.says == '\0') {
      EXPECT_EQ(text, "") << c.from;
    } else {
      EXPECT_NE(text.find(c.says), std::string::npos) << c.from << ": " << text;
    }
  }
}

TEST(WorkingDays, AddWorkingDays_CountsDecreedSaturdays) {
  // 28 April and 5 May work; 30 April and 1 May do not.
  EXPECT_EQ(FormatDay(Kazakhstan().AddWorkingDays(MakeDay(2018, 4, 27), 5)), "2018-05-05");
}

TEST(WorkingDays, RollBack_FindsTheDayBefore) {
  EXPECT_EQ(FormatDay(Kazakhstan().RollBack(MakeDay(2018, 5, 1))), "2018-04-28");
}

TEST(WorkingDays, WithoutCalendar_KnowsWeekendsOnly) {
  const WorkingDays days;
  EXPECT_TRUE(days.IsWorking(MakeDay(2018, 5, 9)));
  EXPECT_FALSE(days.IsWorking(MakeDay(2018, 4, 28)));
  EXPECT_FALSE(days.KnowsYear(2018));
}

TEST(WorkingDays, Make_NamesTheKeyThatIsWrong) {
  rules::v1::Calendar calendar;
  calendar.add_moved()->set_works("2018-04-31");
  const auto made = WorkingDays::Make(calendar);
  ASSERT_FALSE(made.ok());
  EXPECT_NE(std::string(made.status().message()).find("moved.works"), std::string::npos);
}

}  // namespace
}  // namespace vigil::civil
