#include "common/civil/span.h"

#include <gtest/gtest.h>

namespace vigil::civil {
namespace {

struct SpanCase {
  const char* text;
  const char* first;  // empty: open
  const char* last;
  Precision precision;
};

std::string Text(const std::optional<Day>& day) { return day ? FormatDay(*day) : ""; }

TEST(Span, ParseSpan_ReadsEveryPrecision) {
  const SpanCase cases[] = {
      {"2018-04-13", "2018-04-13", "2018-04-13", Precision::kDay},
      {"2017-11", "2017-11-01", "2017-11-30", Precision::kMonth},
      {"2016-02", "2016-02-01", "2016-02-29", Precision::kMonth},
      {"2010", "2010-01-01", "2010-12-31", Precision::kYear},
      {"2018-02-01/2018-02-10", "2018-02-01", "2018-02-10", Precision::kSpan},
      {"2011/2014", "2011-01-01", "2014-12-31", Precision::kSpan},
      {"2017-11/2018-04-28", "2017-11-01", "2018-04-28", Precision::kSpan},
      {"../2018-04-28", "", "2018-04-28", Precision::kOpen},
      {"../2012", "", "2012-12-31", Precision::kOpen},
      {"2018-04-28/..", "2018-04-28", "", Precision::kOpen},
      {"", "", "", Precision::kNone},
  };
  for (const SpanCase& c : cases) {
    const auto span = ParseSpan(c.text);
    ASSERT_TRUE(span.ok()) << c.text << ": " << span.status();
    EXPECT_EQ(Text(span->first), c.first) << c.text;
    EXPECT_EQ(Text(span->last), c.last) << c.text;
    EXPECT_EQ(span->precision, c.precision) << c.text;
  }
}

TEST(Span, ParseSpan_RefusesWhatIsNoDate) {
  for (const char* text : {"soon", "2018-02-30", "2018-13", "../..", "2018-02-10/2018-02-01", "/",
                           "2018-02-01/", "18-02-01", "2018-02-01/2018-02-10/2018-02-11"}) {
    const auto span = ParseSpan(text);
    EXPECT_FALSE(span.ok()) << text;
  }
}

TEST(Span, KnownFrom_IsTheLatestDay) {
  EXPECT_EQ(Text(ParseSpan("2017-11")->known_from()), "2017-11-30");
  EXPECT_EQ(Text(ParseSpan("../2018-04-28")->known_from()), "2018-04-28");
  EXPECT_EQ(Text(ParseSpan("2018-04-28/..")->known_from()), "2018-04-28");
  EXPECT_FALSE(ParseSpan("")->known_from());
}

}  // namespace
}  // namespace vigil::civil
