// Limitation of prosecution and of execution: what is assumed, and what it can come to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

struct Limited {
  const char* gravity;
  const char* brief;
  // The day by which it is over even for somebody who hid; empty: it does not stand still.
  const char* no_later;
};

void PrintTo(const Limited& limited, std::ostream* out) { *out << limited.gravity; }

v1::Deadline LimitationOf(const std::string& charge, const char* act = "2016-02-29") {
  TestCase one;
  one.Fact(std::string("{date: ") + act + ", alleged_act: {what: w}}");
  one.Fact("{date: 2017-01-01, accusation: {charges: [" + charge + "]}}");
  const auto found = Of(one.Derive(), "KZ.CC.71");
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? v1::Deadline() : found[0];
}

class LimitationOfProsecution : public testing::TestWithParam<Limited> {};

TEST_P(LimitationOfProsecution, ByGravity_SaysWhatHidingCouldChange) {
  const v1::Deadline deadline =
      LimitationOf("{gravity: {value: " + std::string(GetParam().gravity) + "}}");
  EXPECT_EQ(Brief(deadline), GetParam().brief);
  const std::string no_later = GetParam().no_later;
  if (no_later.empty()) {
    EXPECT_THAT(deadline.assumptions(), Not(Contains("DID_NOT_HIDE")));
    EXPECT_THAT(Explained(deadline), Not(HasSubstr("hide")));
  } else {
    EXPECT_THAT(deadline.assumptions(), Contains("DID_NOT_HIDE"));
    EXPECT_THAT(Explained(deadline), HasSubstr("no later than " + no_later));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, LimitationOfProsecution,
    testing::Values(Limited{"misdemeanour", "2017-02-28 EXACT PASSED", ""},
                    Limited{"minor", "2018-02-28 NO_EARLIER_THAN PASSED", "2021-02-28"},
                    Limited{"medium", "2021-02-28 NO_EARLIER_THAN UPCOMING", "2026-02-28"},
                    Limited{"grave", "2026-02-28 NO_EARLIER_THAN UPCOMING", "2031-02-28"},
                    Limited{"especially_grave", "2031-02-28 NO_EARLIER_THAN UPCOMING",
                            "2036-02-29"}));

TEST(Limitation, GravityUnknown_TheGravestBoundsIt) {
  const v1::Deadline deadline = LimitationOf("{description: w}");
  EXPECT_EQ(Brief(deadline), "2017-02-28 … 2031-02-28 NO_EARLIER_THAN DUE");
  EXPECT_THAT(deadline.assumptions(), Contains("DID_NOT_HIDE"));
  EXPECT_THAT(Explained(deadline),
              HasSubstr("after 20 years at the latest, no later than 2036-02-29"));
}

TEST(Limitation, ActOfAMonth_IsBoundedFromItsLastDay) {
  const v1::Deadline deadline = LimitationOf("{gravity: {value: medium}}", "2016-03");
  EXPECT_EQ(Brief(deadline), "2021-03-01 … 2021-03-31 NO_EARLIER_THAN UPCOMING");
  EXPECT_THAT(Explained(deadline), HasSubstr("no later than 2026-03-31"));
}

// To be abroad, or to be granted asylum, is not to hide.
TEST(Limitation, AbroadWithAsylum_StaysAsItIs) {
  TestCase one;
  one.Fact("{date: 2016-05-31, alleged_act: {what: w}}");
  one.Fact("{date: 2017-01-01, accusation: {charges: [{gravity: {value: medium}}]}}");
  const auto before = Of(one.Derive(), "KZ.CC.71");
  one.Fact("{date: 2017-03-01, whereabouts: {country: CZ}}");
  one.Fact("{date: 2017-06-01, asylum_step: {step: granted, country: CZ}}");
  const auto after = Of(one.Derive(), "KZ.CC.71");
  ASSERT_EQ(before.size(), 1u);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(before[0].SerializeAsString(), after[0].SerializeAsString());
}

TEST(Limitation, OfAVerdictInAbsence_AssumesThatTheConvictDidNotHide) {
  TestCase one;
  one.Fact(
      "{date: 2017-04-07, verdict: {penalty: imprisonment, term: P5Y, in_absentia: true, charges: "
      "[{code_edition: kz_cc_2014, article: '419', outcome: convicted, gravity: {value: "
      "medium}}]}}");
  const auto found = Of(one.Derive(), "KZ.CC.77");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(Brief(found[0]), "2022-04-25 NO_EARLIER_THAN UPCOMING");
  EXPECT_THAT(found[0].assumptions(), Contains("DID_NOT_HIDE"));
}

}  // namespace
}  // namespace vigil::registry
