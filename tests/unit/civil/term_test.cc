#include "common/civil/term.h"

#include <gtest/gtest.h>

namespace vigil::civil {
namespace {

struct FractionCase {
  const char* term;
  const char* fraction;
  Term expected;
};

TEST(Term, FractionOf_IsExactAndRoundsDaysUp) {
  const FractionCase cases[] = {
      {"P3Y4M", "1/3", {13, 10, 0}}, {"P2Y6M", "1/4", {7, 15, 0}}, {"P5Y", "1/3", {20, 0, 0}},
      {"P10Y6M", "1/2", {63, 0, 0}}, {"P14Y", "2/3", {112, 0, 0}}, {"P4Y8M", "1/2", {28, 0, 0}},
      {"P3Y6M", "1/4", {10, 15, 0}}, {"P1M", "1/7", {0, 5, 0}},  // 30/7 days, rounded up
      {"P1Y10D", "1/3", {4, 4, 0}},  {"P5Y", "1/1", {60, 0, 0}},
  };
  for (const FractionCase& c : cases) {
    const Term out = FractionOf(*ParseTerm(c.term), *ParseFraction(c.fraction));
    EXPECT_EQ(out, c.expected) << c.term << " x " << c.fraction << " = " << DescribeInMonths(out);
  }
}

TEST(Term, ParseTerm_ReadsDurations) {
  EXPECT_EQ(*ParseTerm("P4Y8M"), (Term{56, 0, 0}));
  EXPECT_EQ(*ParseTerm("P15D"), (Term{0, 15, 0}));
  EXPECT_EQ(*ParseTerm("P2W"), (Term{0, 14, 0}));
  EXPECT_EQ(*ParseTerm("PT72H"), (Term{0, 0, 72}));
  EXPECT_EQ(FormatTerm(*ParseTerm("P18M")), "P1Y6M");
}

TEST(Term, ParseTerm_RefusesOthers) {
  for (const char* text : {"", "P", "5Y", "P5", "PT", "P5Y5Y", "P1M1Y", "P0D", "P-5Y", "P1.5Y",
                           "P1000Y", "P5YT", "PT5M", "P5y", "P99999999999D"}) {
    EXPECT_FALSE(ParseTerm(text).ok()) << text;
  }
}

TEST(Term, ParseFraction_RefusesOthers) {
  for (const char* text : {"", "1", "1/0", "3/2", "0/3", "-1/3", "1/-3", "1/3x", "/3", "1/1001"}) {
    EXPECT_FALSE(ParseFraction(text).ok()) << text;
  }
}

TEST(Term, AddAndSubtract_HoursRoundUpToDays) {
  const Day day = MakeDay(2018, 4, 5);
  EXPECT_EQ(FormatDay(Add(day, *ParseTerm("PT48H"))), "2018-04-07");
  EXPECT_EQ(FormatDay(Add(day, *ParseTerm("PT49H"))), "2018-04-08");
  EXPECT_EQ(FormatDay(Subtract(MakeDay(2018, 6, 7), *ParseTerm("P10D"))), "2018-05-28");
}

TEST(Term, ScaleUp_RoundsUp) {
  EXPECT_EQ(ScaleUp(233, 3, 2), 350);  // 349.5
  EXPECT_EQ(ScaleUp(233, 1, 1), 233);
  EXPECT_EQ(ScaleUp(3, 1, 2), 2);
}

TEST(Term, Describe_ReadsAsWords) {
  EXPECT_EQ(DescribeTerm(*ParseTerm("P4Y8M")), "4 years and 8 months");
  EXPECT_EQ(DescribeTerm(*ParseTerm("P1Y1M1D")), "1 year, 1 month and 1 day");
  EXPECT_EQ(DescribeInMonths(*ParseTerm("P5Y")), "60 months");
}

}  // namespace
}  // namespace vigil::civil
