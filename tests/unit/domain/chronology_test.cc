// Dates that contradict one another, a gravity that cannot be, and what the packs say of both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kVerdict[] =
    "{date: 2017-07-25, verdict: {penalty: restriction_of_liberty, term: P4Y}}";

TEST(Chronology, AppealBeforeItsVerdict_IsAFindingAndMovesNoDate) {
  TestCase one;
  one.Fact(kVerdict).Fact("{date: 2016-11-10, appeal_decision: {of: f1, result: upheld}}");
  const Derivation derived = one.Derive("2017-11-20");
  EXPECT_EQ(FindingsOf(derived, kOutOfOrder).size(), 1u);
  const auto entry = Of(derived, "KZ.CPC.470");
  ASSERT_EQ(entry.size(), 1u);
  EXPECT_EQ(entry[0].earliest(), "2017-08-10");
  EXPECT_EQ(entry[0].precision(), v1::DEADLINE_PRECISION_NO_EARLIER_THAN);
}

TEST(Chronology, FactsThatCannotFollowOneAnother_AreFindings) {
  const std::vector<std::vector<const char*>> rows = {
      {kVerdict, "{date: 2017-01-10, parole: {of: f1}}"},
      {kVerdict, "{date: 2017-01-10, replacement: {of: f1, penalty: restriction_of_liberty}}"},
      {"{date: 2017-03-01, custody: {kind: remand}}", "{date: 2017-01-10, release: {}}"},
      {"{date: 2017-03-01, death: {}}", "{date: 2017-04-01, custody: {kind: remand}}"},
  };
  for (const auto& row : rows) {
    TestCase one;
    for (const char* fact : row) one.Fact(fact);
    EXPECT_EQ(FindingsOf(one.Derive(), kOutOfOrder).size(), 1u) << row[1];
  }
}

TEST(Chronology, GravityThatTheTermForbids_IsAFinding) {
  TestCase one;
  one.Fact(
      "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P7Y, charges: [{outcome: "
      "convicted, gravity: {value: medium}}]}}");
  EXPECT_EQ(FindingsOf(one.Derive(), kGravityContradicted).size(), 1u);
}

TEST(Chronology, ActsBeforeTheTreaty_AreAFinding) {
  TestCase one;
  one.Fact("{date: 2008-02-01, verdict: {penalty: imprisonment, term: P5Y}}");
  one.Fact("{date: 2010-02-01, appeal_decision: {of: f1, remedies_exhausted: true}}");
  EXPECT_EQ(FindingsOf(one.Derive(), kBeforeTheTreaty).size(), 1u);
  one.Fact("{date: 2009-10-01, ill_treatment: {what: w}}");
  EXPECT_TRUE(FindingsOf(one.Derive(), kBeforeTheTreaty).empty());
}

TEST(Chronology, MotionAboutNothing_IsAFinding) {
  TestCase one;
  one.Fact("{date: 2017-08-01, motion: {of: f9, purpose: PURPOSE_CASSATION}}");
  EXPECT_EQ(FindingsOf(one.Derive(), kReferenceUnknown).size(), 1u);
}

TEST(Credit, HundredsOfStays_DoNotOverflow) {
  TestCase one;
  civil::Day day = civil::MakeDay(2015, 1, 1);
  for (int i = 0; i < 200; ++i, day += std::chrono::days(2)) {
    v1::Fact fact;
    fact.set_date(civil::FormatDay(day));
    if (i % 2 == 0) {
      fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    } else {
      fact.mutable_preventive_measure()->set_kind(v1::PreventiveMeasure::KIND_HOUSE_ARREST);
    }
    one.Add(fact);
  }
  one.Fact("{date: 2016-03-01, release: {from: FROM_REMAND}}");
  one.Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: medium}}");
  // 100 of custody with 3 days at 3/2; of house arrest 99 with 3 days and the last, to the release.
  const int last = civil::DaysBetween(day - std::chrono::days(2), civil::MakeDay(2016, 3, 2));
  const int halves = 100 * 3 * 3 + 99 * 3 + last;
  const auto end = Of(one.Derive("2020-01-01"), "KZ.CC.62.PRISON");
  ASSERT_EQ(end.size(), 1u);
  EXPECT_THAT(Explained(end[0]),
              testing::HasSubstr(std::to_string((halves + 1) / 2) + " days in all are credited"));
}

}  // namespace
}  // namespace vigil::registry
