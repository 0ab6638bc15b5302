#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kPrison[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}";

TEST(Findings, FurthestFirst) {
  for (const TestCase& one : ReportCases()) {
    int last = 1 << 30;
    for (const v1::Finding& finding : one.Derive().findings) {
      EXPECT_LE(finding.max_shift_days(), last) << one.display_name();
      EXPECT_FALSE(finding.text().empty());
      EXPECT_FALSE(finding.remedy().empty());
      EXPECT_THAT(finding.name(), testing::StartsWith(one.name() + "/findings/"));
      last = finding.max_shift_days();
    }
  }
}

TEST(Findings, CustodyStart_IsAskedForUntilItIsKnown) {
  TestCase unknown;
  unknown.Fact(kPrison);
  const auto findings = FindingsOf(unknown.Derive(), kCustodyStartUnknown);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].max_shift_days(), 546);  // 18 months
  TestCase known;
  known.Fact("{date: 2016-06-01, custody: {kind: remand}}").Fact(kPrison);
  EXPECT_TRUE(FindingsOf(known.Derive(), kCustodyStartUnknown).empty());
}

TEST(Findings, ReplacementInTime_IsNone) {
  TestCase one;
  one.Fact("{date: 2016-06-01, custody: {kind: remand}}");
  one.Fact(
      "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum, charges: "
      "[{outcome: convicted, gravity: {value: grave}}]}}");
  one.Fact("{date: 2018-04-13, replacement: {of: f2, penalty: restriction_of_liberty}}");
  EXPECT_TRUE(FindingsOf(one.Derive(), kReplacementTooEarly).empty());
}

TEST(Findings, EndThatPassed_AsksForConfirmation) {
  const TestCase& ashim = ReportCase("Ardak Ashim");
  EXPECT_TRUE(FindingsOf(ashim.Derive("2018-04-28"), kEndedUnconfirmed).empty())
      << "one reading of the order still runs";
  EXPECT_TRUE(FindingsOf(ashim.Derive("2018-04-30"), kEndedUnconfirmed).empty());
  EXPECT_EQ(FindingsOf(ashim.Derive("2018-05-01"), kEndedUnconfirmed).size(), 1u);
  const TestCase& batyrbekov = ReportCase("Amangeldy Batyrbekov");
  EXPECT_EQ(FindingsOf(batyrbekov.Derive("2018-08-05"), kEndedUnconfirmed).size(), 1u);
}

TEST(Findings, UnusualBan_IsOne) {
  TestCase one;
  one.Fact(
      "{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P1Y, bans: [{what: x, "
      "term: P11Y}]}}");
  EXPECT_EQ(FindingsOf(one.Derive(), kBanTermUnusual).size(), 1u);
}

TEST(Findings, ReferenceToNothing_IsOne) {
  TestCase one;
  one.Fact("{date: 2017-08-01, parole: {of: f9}}");
  EXPECT_EQ(FindingsOf(one.Derive(), kReferenceUnknown).size(), 1u);
}

TEST(Findings, NoArticle_IsOne) {
  TestCase one;
  one.Fact(
      "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{outcome: "
      "convicted, gravity: {value: grave, assumed: true}}]}}");
  const Derivation derivation = one.Derive();
  EXPECT_EQ(FindingsOf(derivation, kArticleUnknown).size(), 1u);
  EXPECT_EQ(Of(derivation, "KZ.CC.72.3").at(0).eligibility(), v1::ELIGIBILITY_OPEN);
}

}  // namespace
}  // namespace vigil::registry
