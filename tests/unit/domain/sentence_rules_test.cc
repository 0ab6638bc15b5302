// The rules on sentences, on made-up cases: ends and credits, fractions by gravity, classes,
// records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/domain/charges.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kPrison[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}";

TEST(SentenceRules, RecordExpunged_RestsOnThePenaltyThatEndsLast) {
  const RuleCase cases[] = {
      {"the ban ends last, and custody is not credited to a ban",
       {"{custody: {kind: remand, length: P6M}}",
        "{date: 2017-09-07, verdict: {penalty: restriction_of_liberty, term: P3Y,"
        " bans: [{what: w, term: P4Y}]}}"},
       "KZ.CC.79.3.MILDER",
       {"2021-09-23 NO_EARLIER_THAN UPCOMING"}},
      {"no ban: credited custody would bring it forward",
       {"{custody: {kind: remand, length: P6M}}",
        "{date: 2017-09-07, verdict: {penalty: restriction_of_liberty, term: P3Y}}"},
       "KZ.CC.79.3.MILDER",
       {"2020-09-23 ESTIMATE UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(SentenceRules, SentenceEnd_FollowsWhatIsKnown) {
  const RuleCase cases[] = {
      {"custody unknown: from the verdict, at the latest",
       {kPrison},
       "KZ.CC.62.PRISON",
       {"2021-11-28 NO_LATER_THAN UPCOMING"}},
      {"leap day",
       {"{date: 2016-02-29, verdict: {penalty: imprisonment, term: P3Y}}"},
       "KZ.CC.62.PRISON",
       {"2019-02-28 NO_LATER_THAN UPCOMING"}},
      {"by the month",
       {"{date: 2018-03, verdict: {penalty: imprisonment, term: P10Y6M}}"},
       "KZ.CC.62.PRISON",
       {"2028-09-01 … 2028-09-30 NO_LATER_THAN UPCOMING"}},
      {"custody known, one day for a day",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-06-01 EXACT UPCOMING"}},
      // The day of a real release, at 1.5 days a day by the milder law of July 2018.
      {"medium security, after the law got milder",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: medium}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-02-04 EXACT UPCOMING"},
       "2020-06-01"},
      {"medium security, before it",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: medium}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-06-01 EXACT UPCOMING"}},
      {"custody by the month",
       {"{date: 2016-06, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-06-01 … 2021-06-30 WINDOW UPCOMING"}},
      {"regime unknown: at the latest",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-06-01 NO_LATER_THAN UPCOMING"}},
      {"a release later on takes no credit away",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum}}",
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{date: 2018-04-01, release: {from: prison, ground: GROUND_EARLY}}"},
       "KZ.CC.62.PRISON",
       {"2021-06-01 EXACT WITHDRAWN"}},
      {"free when the verdict was given: at the latest",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-06-30, release: {from: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum}}",
        "{date: 2017-01-20, appeal_decision: {of: f3, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2021-12-21 NO_LATER_THAN UPCOMING"}},  // 30 days, both ends counted
      {"two days of house arrest for one",
       {"{date: 2016-10-01, preventive_measure: {kind: KIND_HOUSE_ARREST}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P1Y, regime: maximum}}",
        "{date: 2017-01-10, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2017-11-20 EXACT PASSED"}},  // 101 days, 51 rounded up
      {"shortened on appeal",
       {kPrison, "{date: 2017-01-20, appeal_decision: {of: f1, result: changed, new_term: P3Y}}"},
       "KZ.CC.62.PRISON",
       {"2019-11-28 NO_LATER_THAN UPCOMING"}},
      {"a total of two verdicts has two readings",
       {"{date: '2010', verdict: {penalty: imprisonment}}",
        "{date: '2012', verdict: {penalty: imprisonment, term: P14Y, total_with: [f1]}}"},
       "KZ.CC.62.PRISON",
       {"2024-01-01 … 2024-12-31 NO_LATER_THAN UPCOMING",
        "2026-01-01 … 2026-12-31 NO_LATER_THAN UPCOMING"}},
      {"a total, in custody since before both: still at the latest",
       {"{date: 2016-02-01, custody: {kind: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment}}",
        "{date: 2017-06-01, verdict: {penalty: imprisonment, term: P5Y, total_with: [f2]}}"},
       "KZ.CC.62.PRISON",
       {"2021-11-28 NO_LATER_THAN UPCOMING", "2022-06-01 NO_LATER_THAN UPCOMING"}},
      // The term cannot have begun before somebody at liberty had to go.
      {"a total, free when sentenced: at the latest from entry into force",
       {"{date: 2016-06-01, custody: {kind: remand}}",
        "{date: 2016-06-30, release: {from: remand}}",
        "{date: 2016-11-28, verdict: {penalty: imprisonment}}",
        "{date: 2017-01-20, appeal_decision: {of: f3, result: upheld}}",
        "{date: 2017-06-01, verdict: {penalty: imprisonment, term: P5Y, total_with: [f3]}}",
        "{date: 2017-09-01, appeal_decision: {of: f5, result: upheld}}"},
       "KZ.CC.62.PRISON",
       {"2022-01-20 NO_LATER_THAN UPCOMING", "2022-09-01 NO_LATER_THAN UPCOMING"}},
      {"restriction from entry into force",
       {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}"},
       "KZ.CC.44",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"restriction less two days for each in custody",
       {"{date: 2017-06-01, custody: {kind: remand}}",
        "{date: 2017-07-10, verdict: {penalty: restriction_of_liberty, term: P2Y}}",
        "{date: 2017-07-10, release: {from: remand}}",
        "{date: 2017-09-01, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.44",
       {"2019-06-13 EXACT UPCOMING"}},  // 40 days, first and last counted
      {"restriction in place of prison: either way",
       {"{date: 2015-10-29, verdict: {penalty: imprisonment, term: P1Y6M}}",
        "{date: 2017-01-19, verdict: {penalty: restriction_of_liberty, term: P1Y6M, replaces: "
        "[f1]}}"},
       "KZ.CC.44",
       {"2018-08-04 ESTIMATE UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(SentenceRules, CustodyOf233DaysAtOneAndAHalf_BringsTheEndForwardBy350) {
  TestCase one;
  one.Fact("{date: 2016-06-01, custody: {kind: remand}}")
      .Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: medium}}")
      .Fact("{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}");
  const auto end = Of(one.Derive("2020-06-01"), "KZ.CC.62.PRISON");
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(Brief(end[0]), "2021-02-04 EXACT UPCOMING");
  EXPECT_EQ(end[0].count(), "2017-01-20 +P5Y -350");
  EXPECT_THAT(Explained(end[0]), testing::HasSubstr("233 days, each worth 3/2"));
  EXPECT_THAT(Explained(end[0]), testing::HasSubstr("350 days in all are credited"));
}

TEST(SentenceRules, TotalOfVerdicts_SaysWhatIsKnownOfCustody) {
  constexpr char kFirst[] = "{date: 2016-11-28, verdict: {penalty: imprisonment}}";
  constexpr char kTotal[] =
      "{date: 2017-06-01, verdict: {penalty: imprisonment, term: P5Y, total_with: [f1]}}";
  TestCase unknown, known;
  unknown.Fact(kFirst).Fact(kTotal);
  known.Fact(kFirst).Fact(kTotal).Fact("{date: 2016-02-01, custody: {kind: remand}}");
  const auto without = Of(unknown.Derive(), "KZ.CC.62.PRISON");
  const auto with = Of(known.Derive(), "KZ.CC.62.PRISON");
  ASSERT_EQ(without.size(), 2u);
  ASSERT_EQ(with.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(Brief(without[i]), Brief(with[i]));
    EXPECT_THAT(Explained(without[i]), testing::HasSubstr("When custody began is not known"));
    EXPECT_THAT(without[i].assumptions(), testing::Contains("CUSTODY_FROM_VERDICT"));
    EXPECT_THAT(Explained(with[i]), testing::Not(testing::HasSubstr("not known")));
    EXPECT_THAT(Explained(with[i]), testing::HasSubstr("none is credited"));
    EXPECT_THAT(with[i].assumptions(),
                testing::AllOf(testing::Contains("CUSTODY_NOT_CREDITED"),
                               testing::Not(testing::Contains("CUSTODY_FROM_VERDICT"))));
    EXPECT_THAT(with[i].facts(), testing::Contains(testing::HasSubstr("f3")));
  }
  EXPECT_TRUE(FindingsOf(known.Derive(), kRegimeUnknown).empty()) << "no day of it is counted";
}

TEST(SentenceRules, Fractions_FollowGravity) {
  const RuleCase cases[] = {
      {"grave: one half", {kPrison}, "KZ.CC.72.3", {"2019-05-28 NO_LATER_THAN UPCOMING"}},
      {"grave: one third", {kPrison}, "KZ.CC.73.2", {"2018-07-28 NO_LATER_THAN UPCOMING"}},
      {"unknown, five years: medium to especially grave",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{outcome: "
        "convicted}]}}"},
       "KZ.CC.72.3",
       {"2018-07-28 … 2020-03-28 NO_LATER_THAN UPCOMING"}},
      {"unknown, over twelve years: especially grave",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P13Y, charges: [{outcome: "
        "convicted}]}}"},
       "KZ.CC.72.3",
       {"2025-07-28 NO_LATER_THAN UPCOMING"}},
      {"174(1) and (2) are grave, whatever the part below (3)",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
        "kz_cc_2014, article: '174', part: '2', outcome: convicted}]}}"},
       "KZ.CC.72.3",
       {"2019-05-28 NO_LATER_THAN UPCOMING"}},
      {"174 without a part: grave or especially grave",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
        "kz_cc_2014, article: '174', outcome: convicted}]}}"},
       "KZ.CC.72.3",
       {"2019-05-28 … 2020-03-28 NO_LATER_THAN UPCOMING"}},
      {"the gravest of several charges decides",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P3Y, charges: [{outcome: "
        "convicted, gravity: {value: medium}}, {outcome: convicted, gravity: {value: grave}}]}}"},
       "KZ.CC.72.3",
       {"2018-05-28 NO_LATER_THAN UPCOMING"}},
      {"an acquittal does not count",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P3Y, charges: [{outcome: "
        "convicted, gravity: {value: medium}}, {outcome: acquitted, gravity: {value: grave}}]}}"},
       "KZ.CC.72.3",
       {"2017-11-28 NO_LATER_THAN DUE"}},
      {"a left-over fraction counts 30 days a month",
       {"{date: 2017-04-07, verdict: {penalty: imprisonment, term: P2Y6M, charges: [{outcome: "
        "convicted, gravity: {value: medium}}]}}"},
       "KZ.CC.73.2",
       {"2017-11-22 NO_LATER_THAN DUE"}},
      {"six months must be served",
       {"{date: 2018-01-31, verdict: {penalty: imprisonment, term: P1Y, charges: [{outcome: "
        "convicted, gravity: {value: medium}}]}}"},
       "KZ.CC.72.3",
       {"2018-07-31 NO_LATER_THAN UPCOMING"}},
      {"especially grave: no replacement at all",
       {"{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{outcome: "
        "convicted, gravity: {value: especially_grave}}]}}"},
       "KZ.CC.73.2",
       {}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(SentenceRules, MilderGroups_HaveAnEarlierParole) {
  TestCase woman("person: {sex: female, born: '1955-06-01'}");
  woman.Fact(kPrison);
  const auto parole = Of(woman.Derive(), "KZ.CC.72.4");
  ASSERT_EQ(parole.size(), 1u);  // 58 in 2013
  EXPECT_EQ(Brief(parole[0]), "2018-07-28 NO_LATER_THAN UPCOMING");

  TestCase man("person: {sex: male, born: '1975'}");
  man.Fact(kPrison);
  EXPECT_TRUE(Of(man.Derive(), "KZ.CC.72.4").empty());

  TestCase pregnant("person: {sex: female}");
  pregnant.Fact(kPrison).Fact("{date: 2018-01-10, personal: {pregnant: true}}");
  EXPECT_EQ(Of(pregnant.Derive(), "KZ.CC.72.4").size(), 1u);
}

TEST(SentenceRules, Classes_DecideEligibility) {
  struct ClassCase {
    const char* charges;
    v1::Eligibility parole;
    v1::Eligibility replacement;
    bool part_unknown;
  };
  const ClassCase cases[] = {
      {"{code_edition: kz_cc_2014, article: '419'}", v1::ELIGIBILITY_OPEN, v1::ELIGIBILITY_OPEN,
       false},
      {"{code_edition: kz_cc_2014, article: '180'}", v1::ELIGIBILITY_CONDITIONAL,
       v1::ELIGIBILITY_CONDITIONAL, false},
      {"{code_edition: kz_cc_2014, article: '264'}", v1::ELIGIBILITY_OPEN, v1::ELIGIBILITY_BARRED,
       false},
      {"{code_edition: kz_cc_2014, article: '256', with_death: true}", v1::ELIGIBILITY_BARRED,
       v1::ELIGIBILITY_CONDITIONAL, false},
      {"{code_edition: kz_cc_2014, article: '189'}", v1::ELIGIBILITY_OPEN, v1::ELIGIBILITY_OPEN,
       true},
      {"{code_edition: kz_cc_2014, article: '189', part: '3', point: '2'}", v1::ELIGIBILITY_BARRED,
       v1::ELIGIBILITY_OPEN, false},
      {"{code_edition: kz_cc_1997, article: '180'}", v1::ELIGIBILITY_OPEN, v1::ELIGIBILITY_OPEN,
       false},
      {"{article: '180'}", v1::ELIGIBILITY_OPEN, v1::ELIGIBILITY_OPEN, false},
  };
  for (const ClassCase& c : cases) {
    TestCase one;
    std::string charge = c.charges;
    charge.insert(charge.size() - 1, ", outcome: convicted, gravity: {value: grave}");
    one.Fact("{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [" + charge +
             "]}}");
    const Derivation derivation = one.Derive();
    EXPECT_EQ(Of(derivation, "KZ.CC.72.3").at(0).eligibility(), c.parole) << c.charges;
    EXPECT_EQ(Of(derivation, "KZ.CC.73.2").at(0).eligibility(), c.replacement) << c.charges;
    EXPECT_EQ(!FindingsOf(derivation, kPartUnknown).empty(), c.part_unknown) << c.charges;
  }
}

TEST(SentenceRules, AppealAfterThePlainCount_MovesEntryAndAllThatHangsOnIt) {
  TestCase one;
  one.Fact(
      "{date: 2017-07-25, verdict: {penalty: restriction_of_liberty, term: P4Y, bans: [{what: w, "
      "term: P5Y}]}}");
  const Derivation before = one.Derive("2017-08-20");
  one.Fact("{date: 2017-11-10, appeal_decision: {of: f1, result: upheld}}");
  const Derivation after = one.Derive("2017-11-20");
  for (const auto& [rule, plain, appealed] :
       {std::tuple{"KZ.CPC.470", "2017-08-10", "2017-11-10"},
        std::tuple{"KZ.CC.44", "2021-08-10", "2021-11-10"},
        std::tuple{"KZ.CC.50.4", "2022-08-10", "2022-11-10"},
        std::tuple{"KZ.CC.79.3.MILDER", "2022-08-10", "2022-11-10"}}) {
    const auto old = Of(before, rule), moved = Of(after, rule);
    ASSERT_EQ(old.size(), 1u) << rule;
    ASSERT_EQ(moved.size(), 1u) << rule;
    EXPECT_EQ(old[0].name(), moved[0].name()) << rule;
    EXPECT_EQ(old[0].earliest(), plain) << rule;
    EXPECT_EQ(old[0].precision(), v1::DEADLINE_PRECISION_NO_EARLIER_THAN) << rule;
    EXPECT_EQ(moved[0].earliest(), appealed) << rule;
    EXPECT_EQ(moved[0].precision(), v1::DEADLINE_PRECISION_EXACT) << rule;
    EXPECT_THAT(Explained(moved[0]), testing::HasSubstr("would have been in force on 2017-08-10: "
                                                        "it moves by 92 days"))
        << rule;
  }
  EXPECT_EQ(FindingsOf(before, kAppealUnknown).size(), 1u);
  EXPECT_TRUE(FindingsOf(after, kAppealUnknown).empty());
}

// Outcomes by charge on appeal.
constexpr char kTwoCharges[] =
    "{date: 2017-09-07, verdict: {penalty: imprisonment, term: P6Y, charges: [{code_edition: "
    "kz_cc_2014, article: '174', part: '1', outcome: convicted}, {code_edition: kz_cc_2014, "
    "article: '189', part: '2', outcome: convicted}]}}";

v1::Deadline ParoleOf(const TestCase& one) {
  const auto parole = Of(one.Derive(), "KZ.CC.72.3");
  EXPECT_EQ(parole.size(), 1u);
  return parole.empty() ? v1::Deadline() : parole[0];
}

TEST(AppealByCharge, AcquittedOfTheExtremistCharge_OpensParole) {
  TestCase one;
  one.Fact(kTwoCharges);
  EXPECT_EQ(ParoleOf(one).eligibility(), v1::ELIGIBILITY_CONDITIONAL);
  one.Fact(
      "{date: 2017-11-10, appeal_decision: {of: f1, result: changed, new_term: P3Y, charges: "
      "[{code_edition: kz_cc_2014, article: '174', part: '1', outcome: acquitted}]}}");
  EXPECT_EQ(ParoleOf(one).eligibility(), v1::ELIGIBILITY_OPEN);
  EXPECT_EQ(FindingsOf(one.Derive(), kOutcomesDiffer).size(), 1u);
}

TEST(AppealByCharge, RequalifiedToAMilderPart_BringsParoleForward) {
  constexpr char kGrave[] =
      "{date: 2017-09-07, verdict: {penalty: imprisonment, term: P6Y, charges: [{code_edition: "
      "kz_cc_2014, article: '189', part: '4', outcome: convicted}]}}";
  constexpr char kSame[] =
      "{date: 2017-11-10, appeal_decision: {of: f1, result: changed, new_term: P3Y}}";
  constexpr char kMilder[] =
      "{date: 2017-11-10, appeal_decision: {of: f1, result: changed, new_term: P3Y, charges: "
      "[{code_edition: kz_cc_2014, article: '189', part: '2'}]}}";
  TestCase same, milder;
  same.Fact(kGrave).Fact(kSame);
  milder.Fact(kGrave).Fact(kMilder);
  EXPECT_THAT(Explained(ParoleOf(same)), testing::HasSubstr("1/2 of"));
  EXPECT_THAT(Explained(ParoleOf(milder)), testing::HasSubstr("1/3 of"));
  EXPECT_LT(ParoleOf(milder).earliest(), ParoleOf(same).earliest());
}

TEST(AppealByCharge, RequalifiedToAnotherArticle_LosesTheClass) {
  TestCase one;
  one.Fact(
      "{date: 2017-09-07, verdict: {penalty: imprisonment, term: P3Y, charges: [{code_edition: "
      "kz_cc_2014, article: '174', part: '1', outcome: convicted}]}}");
  one.Fact(
      "{date: 2017-11-10, appeal_decision: {of: f1, result: changed, charges: [{code_edition: "
      "kz_cc_2014, article: '174', part: '1', outcome: dropped}, {code_edition: kz_cc_2014, "
      "article: '378', part: '2', outcome: convicted}]}}");
  EXPECT_EQ(ParoleOf(one).eligibility(), v1::ELIGIBILITY_OPEN);
}

TEST(AppealByCharge, AcquittedOfAll_WithdrawsTheSentenceAndFrees) {
  TestCase one;
  one.Fact(kTwoCharges);
  ASSERT_EQ(one.Situation().situation, v1::SITUATION_IMPRISONED);
  one.Fact(
      "{date: 2017-11-10, appeal_decision: {of: f1, result: changed, charges: [{code_edition: "
      "kz_cc_2014, article: '174', outcome: acquitted}, {code_edition: kz_cc_2014, article: "
      "'189', outcome: acquitted}]}}");
  EXPECT_EQ(ParoleOf(one).state(), v1::DEADLINE_STATE_WITHDRAWN);
  EXPECT_EQ(one.Situation().situation, v1::SITUATION_FREE);
}

TEST(AppealByCharge, WhatTheCourtLeavesUnsaid_Stands) {
  ChargeList decided, on_appeal;
  v1::Charge& first = *decided.Add();
  first.set_article("189");
  first.set_part("4");
  first.set_outcome(v1::CHARGE_OUTCOME_CONVICTED);
  first.mutable_gravity()->set_value(v1::GRAVITY_VALUE_GRAVE);
  first.mutable_gravity()->set_assumed(true);
  v1::Charge& second = *decided.Add();
  second.set_article("419");
  v1::Charge& now = *on_appeal.Add();
  now.set_article("189");
  now.mutable_gravity()->set_value(v1::GRAVITY_VALUE_MEDIUM);
  const ChargeList after = OnAppeal(decided, on_appeal);
  ASSERT_EQ(after.size(), 2);
  EXPECT_EQ(after[0].part(), "4");
  EXPECT_EQ(after[0].outcome(), v1::CHARGE_OUTCOME_CONVICTED);
  EXPECT_EQ(after[0].gravity().value(), v1::GRAVITY_VALUE_MEDIUM);
  EXPECT_FALSE(after[0].gravity().assumed()) << "the court said it";
  EXPECT_EQ(after[1].article(), "419");
}

}  // namespace
}  // namespace vigil::registry
