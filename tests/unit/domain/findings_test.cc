#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kPrison[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}";

std::vector<std::string> KindsOf(const Derivation& derived) {
  std::vector<std::string> kinds;
  for (const v1::Finding& finding : derived.findings) kinds.push_back(finding.kind());
  return kinds;
}

TEST(Findings, PassedCustodyLimit_ComesBeforeEveryGap) {
  TestCase one("{person: {names: [{text: A, kind: NAME_KIND_SPELLING}]}}");
  one.Fact("{date: 2018-01-05, custody: {kind: remand}}");
  one.Fact("{date: 2017-11/2017-12, committal: {term: P6M}}");
  const auto kinds = KindsOf(one.Derive());
  EXPECT_EQ(kinds.front(), kCustodyLimitPassed);
  EXPECT_THAT(kinds, testing::Contains(kDateImprecise)) << "or there is no gap to come before";
  EXPECT_EQ(kinds.back(), kNameSpellings) << "remarks on the sources are last";
}

TEST(Findings, Order_IsThatOfTheirKeys) {
  for (const TestCase& one : ReportCases()) {
    std::string last;
    for (const v1::Finding& finding : one.Derive().findings) {
      EXPECT_GT(FindingKey(finding), last) << one.display_name();
      EXPECT_FALSE(finding.text().empty());
      EXPECT_FALSE(finding.remedy().empty());
      EXPECT_THAT(finding.name(), testing::StartsWith(one.name() + "/findings/"));
      last = FindingKey(finding);
    }
  }
}

TEST(Findings, OfOneUrgency_FurthestFirst) {
  v1::Finding near, far;
  near.set_kind(std::string(kRegimeUnknown));
  near.set_max_shift_days(9);
  far.set_kind(std::string(kTermUnknown));
  far.set_max_shift_days(1000);
  EXPECT_LT(FindingKey(far), FindingKey(near));
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

TEST(Findings, MissingInputs_SayByHowManyDays) {
  struct Gap {
    std::vector<const char*> facts;
    std::string_view kind;
    int days;
    const char* as_of = "2018-04-28";
  };
  const Gap gaps[] = {
      // 233 days at one, that could be at two.
      {{"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       kRegimeUnknown,
       233,
       "2020-06-01"},
      // Were it medium, the record would be expunged three years earlier.
      {{"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{outcome: "
        "convicted, gravity: {value: grave, assumed: true}}]}}"},
       kGravityNotRead,
       1095},
      {{"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}"},
       kAppealUnknown,
       90},
      {{"{date: 2017-08-01, verdict: {penalty: imprisonment}}"}, kTermUnknown, 0},
      {{"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P8Y}}"},
       kRestrictionTermUnusual,
       0},
      {{"{date: 2018-01, custody: {kind: remand}}"}, kDateImprecise, 30},
      {{"{custody: {kind: remand}}"}, kDateMissing, 0},
      {{"{date: 2018-03-27, committal: {term: P1M, placed: 2018-03-31}}"}, kReadingsDiffer, 3},
      {{"{date: 2017-12-01, communication: {body: un_human_rights_committee}}"}, kTermNotBegun, 0},
      {{"{date: 2018-01-05, custody: {kind: remand}}"}, kCustodyLimitPassed, 0},
      {{"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2018-02-01, parole: {of: f1}}"},
       kReleaseUnconfirmed,
       0},
      {{"{date: 2018-01-05, search: {}}"}, kCaseReview, 0},
  };
  for (const Gap& gap : gaps) {
    TestCase one;
    for (const char* fact : gap.facts) one.Fact(fact);
    const auto found = FindingsOf(one.Derive(gap.as_of), gap.kind);
    ASSERT_EQ(found.size(), 1u) << gap.kind;
    EXPECT_EQ(found[0].max_shift_days(), gap.days) << gap.kind;
    EXPECT_EQ(found[0].deadlines().empty(), gap.days == 0) << gap.kind;
  }
}

TEST(Findings, WhatIsKnown_IsNoGap) {
  TestCase one;
  one.Fact("{date: 2018-01-05, custody: {kind: remand}}");
  one.Fact("{date: 2018-03-01, custody_extension: {of: f1, until: 2018-05-05}}");
  EXPECT_TRUE(FindingsOf(one.Derive(), kCustodyLimitPassed).empty());
  EXPECT_EQ(FindingsOf(one.Derive("2018-05-06"), kCustodyLimitPassed).size(), 1u);
}

struct Passed {
  const char* what;
  std::vector<const char*> facts;
  std::string_view kind;
  const char* last_quiet_day;
  const char* first_day;
};

TEST(Findings, DateThatPassedWithoutAFact_IsOneFromTheNextDay) {
  const Passed rows[] = {
      {"deferral for pregnancy",
       {"{date: 2016-05-10, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2016-06-01, deferral: {of: f1, ground: ground_pregnancy}}"},
       kEndedUnconfirmed,
       "2017-06-01",
       "2017-06-02"},
      {"protection",
       {"{date: 2016-05-10, asylum_step: {step: granted, country: CZ}}"},
       kProtectionLapsing,
       "2017-04-10",
       "2017-04-11"},
      {"planned event",
       {"{date: 2018-05-10/2018-05-11, planned_event: {what: a mission}}"},
       kOutcomeUnknown,
       "2018-05-11",
       "2018-05-12"},
      {"record",
       {"{date: 2016-05-10, verdict: {penalty: restriction_of_liberty, term: P1Y}}",
        "{date: 2016-06-01, appeal_decision: {of: f1, result: upheld}}"},
       kRecordUnconfirmed,
       "2017-06-01",
       "2017-06-02"},
  };
  for (const Passed& row : rows) {
    TestCase one;
    for (const char* fact : row.facts) one.Fact(fact);
    EXPECT_EQ(FindingsOf(one.Derive(row.last_quiet_day), row.kind).size(), 0u) << row.what;
    EXPECT_EQ(FindingsOf(one.Derive(row.first_day), row.kind).size(), 1u) << row.what;
  }
}

TEST(Findings, PassedDateThatAFactFollows_IsNone) {
  TestCase event;
  event.Fact("{date: 2018-05-10/2018-05-11, planned_event: {what: a hearing}}");
  event.Fact("{date: 2018-05-11, motion_decision: {purpose: PURPOSE_PAROLE, refused: true}}");
  EXPECT_TRUE(FindingsOf(event.Derive("2018-06-01"), kOutcomeUnknown).empty());
  TestCase deferred;
  deferred.Fact("{date: 2016-05-10, verdict: {penalty: imprisonment, term: P5Y}}");
  deferred.Fact("{date: 2016-06-01, deferral: {of: f1, ground: ground_pregnancy}}");
  deferred.Fact("{date: 2017-06-05, custody: {kind: remand}}");
  EXPECT_TRUE(FindingsOf(deferred.Derive("2017-07-01"), kEndedUnconfirmed).empty());
}

v1::Fact MarkAsMet(std::string_view deadline) {
  v1::Fact mark;
  mark.set_date("2018-05-20");
  mark.mutable_deadline_mark()->set_deadline(std::string(IdOf(deadline)));
  mark.mutable_deadline_mark()->set_mark(v1::DeadlineMark::MARK_MET);
  mark.mutable_deadline_mark()->set_reason("told on the phone");
  return mark;
}

TEST(Findings, PassedDateMarkedAsMet_IsNone) {
  TestCase one;
  one.Fact("{date: 2018-05-10, planned_event: {what: a mission}}");
  const auto event = Of(one.Derive("2018-06-01"), v1::DEADLINE_KIND_PLANNED_EVENT);
  ASSERT_EQ(event.size(), 1u);
  one.Add(MarkAsMet(event[0].name()));
  EXPECT_TRUE(FindingsOf(one.Derive("2018-06-01"), kOutcomeUnknown).empty());
  EXPECT_TRUE(FindingsOf(one.Derive("2018-06-01"), kMarkIdle).empty());
}

TEST(Findings, MarkOnADeadlineThatIsNot_SaysThatItChangesNothing) {
  TestCase one;
  one.Add(MarkAsMet("0123456789abcdef"));
  const auto idle = FindingsOf(one.Derive("2018-06-01"), kMarkIdle);
  ASSERT_EQ(idle.size(), 1u);
  EXPECT_THAT(idle[0].text(), testing::HasSubstr("0123456789abcdef"));
  EXPECT_TRUE(FindingsOf(one.Derive("2018-05-19"), kMarkIdle).empty()) << "not marked yet";
}

TEST(Findings, Mandate_IsAskedForAMonthAheadAndMissedOnceItEnded) {
  const TestCase one("{mandate: {act: true, until: '2018-05-28'}}");
  EXPECT_TRUE(FindingsOf(one.Derive("2018-04-27"), kMandateEnding).empty());
  EXPECT_EQ(FindingsOf(one.Derive("2018-04-28"), kMandateEnding).size(), 1u);
  EXPECT_EQ(FindingsOf(one.Derive("2018-05-28"), kMandateEnding).size(), 1u) << "its last day";
  EXPECT_EQ(FindingsOf(one.Derive("2018-05-29"), kMandateEnded).size(), 1u);
  EXPECT_TRUE(FindingsOf(one.Derive("2018-05-29"), kMandateEnding).empty());
  EXPECT_TRUE(FindingsOf(TestCase("{mandate: {act: true}}").Derive(), kMandateEnded).empty());
}

}  // namespace
}  // namespace vigil::registry
