#include "common/civil/day.h"

#include <gtest/gtest.h>

namespace vigil::civil {
namespace {

struct MonthCase {
  const char* from;
  int months;
  const char* to;
};

TEST(Day, AddMonthsOverMonthEnds_TakesTheLastDayThereIs) {
  const MonthCase cases[] = {
      {"2018-03-31", 1, "2018-04-30"},  {"2016-02-29", 12, "2017-02-28"},
      {"2016-02-29", 48, "2020-02-29"}, {"2017-11-30", 3, "2018-02-28"},
      {"2015-11-30", 3, "2016-02-29"},  {"2018-12-31", 2, "2019-02-28"},
      {"2018-01-31", -2, "2017-11-30"}, {"2018-05-15", 0, "2018-05-15"},
      {"2018-03-31", 63, "2023-06-30"},
  };
  for (const MonthCase& c : cases) {
    EXPECT_EQ(FormatDay(AddMonths(*ParseDay(c.from), c.months)), c.to)
        << c.from << " + " << c.months;
  }
}

TEST(Day, ParseDay_TakesOnlyDaysThatExist) {
  for (const char* text : {"2018-02-29", "2018-13-01", "2018-00-10", "2018-4-13", "0000-01-01",
                           "2018-04-31", "2018-04-13 ", "2018/04/13", "", "2018-04"}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
  EXPECT_EQ(FormatDay(*ParseDay("2016-02-29")), "2016-02-29");
  EXPECT_EQ(FormatDay(*ParseDay("0001-01-01")), "0001-01-01");
  EXPECT_EQ(FormatDay(*ParseDay("9999-12-31")), "9999-12-31");
}

TEST(Day, WeekdayName_KnowsTheDecreedSaturday) {
  EXPECT_EQ(WeekdayName(MakeDay(2018, 4, 28)), "Saturday");
  EXPECT_TRUE(IsWeekend(MakeDay(2018, 4, 29)));
  EXPECT_FALSE(IsWeekend(MakeDay(2018, 4, 30)));
}

}  // namespace
}  // namespace vigil::civil
