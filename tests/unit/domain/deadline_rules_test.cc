// The rules, on made-up cases: month ends, leap days, rolls, unknown gravity, imprecise dates,
// alternatives, classes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kPrison[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: grave}}]}}";

TEST(DeadlineRules, EntryIntoForce_RollsAndWaitsForAppeals) {
  const RuleCase cases[] = {
      {"a decreed working Saturday does not roll",
       {"{date: 2018-04-13, parole: {}}"},
       "KZ.CPC.470",
       {"2018-04-29 NO_EARLIER_THAN UPCOMING"}},
      {"Victory Day rolls",
       {"{date: 2018-04-24, transfer: {by_court_order: true}}"},
       "KZ.CPC.470",
       {"2018-05-11 NO_EARLIER_THAN UPCOMING"}},
      {"a Saturday rolls to Monday",
       {"{date: 2017-04-07, verdict: {penalty: imprisonment, term: P1Y}}"},
       "KZ.CPC.470",
       {"2017-04-25 NO_EARLIER_THAN PASSED"}},
      {"nobody appealed: the plain count is exact",
       {"{date: 2017-04-07, verdict: {penalty: imprisonment, term: P1Y}}",
        "{date: 2017-05-01, appeal_decision: {of: f1, result: not_appealed}}"},
       "KZ.CPC.470",
       {"2017-04-25 EXACT PASSED"}},
      {"upheld on appeal: that day",
       {"{date: 2017-04-07, verdict: {penalty: imprisonment, term: P1Y}}",
        "{date: 2017-07-03, appeal_decision: {of: f1, result: upheld}}"},
       "KZ.CPC.470",
       {"2017-07-03 EXACT PASSED"}},
      {"a verdict dated by the month gives a window",
       {"{date: 2018-03, verdict: {penalty: imprisonment, term: P1Y}}"},
       "KZ.CPC.470",
       {"2018-03-17 … 2018-04-17 NO_EARLIER_THAN PASSED"}},
      {"a transfer without a court's order does not enter into force",
       {"{date: 2018-04-24, transfer: {to: elsewhere}}"},
       "KZ.CPC.470",
       {}},
      {"an open date gives nothing",
       {"{date: ../2018-04-24, verdict: {penalty: imprisonment, term: P1Y}}"},
       "KZ.CPC.470",
       {}},
      {"custody orders do not enter into force",
       {"{date: 2018-04-24, custody: {kind: remand}}"},
       "KZ.CPC.470",
       {}},
      {"before the code was law there is no date",
       {"{date: 2014-12-01, verdict: {penalty: imprisonment, term: P1Y}}"},
       "KZ.CPC.470",
       {}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(DeadlineRules, RecordExpunged_RestsOnThePenaltyThatEndsLast) {
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

TEST(DeadlineRules, Appeal_LastDayRolls) {
  const RuleCase cases[] = {
      {"rolled over Victory Day",
       {"{date: 2018-04-24, verdict: {penalty: restriction_of_liberty, term: P1Y}}"},
       "KZ.CPC.418",
       {"2018-05-10 EXACT UPCOMING"}},
      {"from the copy, where its day is known",
       {"{date: 2018-04-10, verdict: {penalty: imprisonment, term: P1Y, served: 2018-04-13}}"},
       "KZ.CPC.418",
       {"2018-04-28 EXACT DUE"}},
      {"an order about a prisoner, whose copy came on a day not known",
       {"{date: 2017-04-10, verdict: {penalty: imprisonment, term: P3Y}}",
        "{date: 2018-04-24, transfer: {to: a colony-settlement, by_court_order: true}}"},
       "KZ.CPC.418",
       {"2017-04-25 NO_EARLIER_THAN PASSED", "2018-05-10 NO_EARLIER_THAN UPCOMING"}},
      {"met by a decision on appeal",
       {"{date: 2018-01-10, verdict: {penalty: restriction_of_liberty, term: P1Y}}",
        "{date: 2018-03-01, appeal_decision: {of: f1, result: upheld}}"},
       "KZ.CPC.418",
       {"2018-01-25 EXACT MET"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(DeadlineRules, SentenceEnd_FollowsWhatIsKnown) {
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

TEST(DeadlineRules, Fractions_FollowGravity) {
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

TEST(DeadlineRules, Duties_RecurInWindowsOrOnTheirDay) {
  const RuleCase cases[] = {
      {"by the day",
       {"{date: 2018-01-31, reporting_duty: {to: police, every: P6M}}"},
       "FACT.DUTY",
       {"2018-07-31 EXACT UPCOMING", "2019-01-31 EXACT UPCOMING"}},
      {"by the month",
       {"{date: 2018-02, reporting_duty: {to: police, every: P6M}}"},
       "FACT.DUTY",
       {"2018-03-01 … 2018-08-31 WINDOW DUE", "2018-09-01 … 2019-02-28 WINDOW UPCOMING",
        "2019-03-01 … 2019-08-31 WINDOW UPCOMING"}},
      {"by the end only",
       {"{date: ../2018-04-28, reporting_duty: {to: police, every: P1Y}}"},
       "FACT.DUTY",
       {"2018-04-01 … 2019-03-31 WINDOW DUE", "2019-04-01 … 2020-03-31 WINDOW UPCOMING",
        "2020-04-01 … 2021-03-31 WINDOW UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(DeadlineRules, Bodies_CountFromTransmission) {
  const RuleCase cases[] = {
      {"from the decision, where no more is known",
       {"{date: 2015-12, body_decision: {body: un_human_rights_committee}}"},
       "UN.HRC.FU",
       {"2016-05-29 … 2016-06-28 WINDOW PASSED"}},
      {"from transmission",
       {"{date: 2018-01-10, body_decision: {body: un_working_group_on_arbitrary_detention, "
        "transmitted: 2018-02-28}}"},
       "UN.WGAD.FU",
       {"2018-08-28 EXACT UPCOMING"}},
      {"met by a reply",
       {"{date: 2018-01-10, body_decision: {body: un_special_procedures}}",
        "{date: 2018-02-10, state_reply: {to: f1}}"},
       "UN.SP.60",
       {"2018-03-11 EXACT MET"}},
      {"a refusal is no compliance",
       {"{date: 2018-01-10, body_decision: {body: un_committee_against_torture}}",
        "{date: 2018-02-10, state_reply: {to: f1, refused: true}}"},
       "UN.CAT.FU",
       {"2018-04-10 EXACT PASSED"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(DeadlineRules, Others_ComeOut) {
  const RuleCase cases[] = {
      {"a ban runs from a release",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y, bans: [{what: x, term: "
        "P3Y}]}}",
        "{date: 2018-01-04, release: {from: prison, ground: served}}"},
       "KZ.CC.50.4",
       {"2021-01-04 EXACT UPCOMING"}},
      {"two bans",
       {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P1Y, bans: [{what: x, "
        "term: P2Y}, {what: y, term: P3Y}]}}"},
       "KZ.CC.50.4",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING", "2020-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"the list is checked when sentence and ban are over",
       {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P1Y, bans: [{what: x, "
        "term: P2Y}]}}",
        "{date: ../2018-01-01, listing: {list: kz_terrorism_financing}}"},
       "KZ.AML.LIST",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"off the list",
       {"{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P1Y}}",
        "{date: 2017-12, listing: {list: kz_terrorism_financing}}",
        "{date: 2018-04-01, delisting: {list: kz_terrorism_financing}}"},
       "KZ.AML.LIST",
       {"2018-08-17 NO_EARLIER_THAN MET"}},
      {"limitation by gravity",
       {"{date: 2016-05-31, alleged_act: {what: w}}",
        "{date: 2018-01-01, accusation: {charges: [{gravity: {value: medium}}]}}"},
       "KZ.CC.71",
       {"2021-05-31 NO_EARLIER_THAN UPCOMING"}},
      {"none for extremist crimes",
       {"{date: 2016-05-31, alleged_act: {what: w}}",
        "{date: 2018-01-01, accusation: {charges: [{code_edition: kz_cc_2014, article: '174', "
        "gravity: {value: grave}}]}}"},
       "KZ.CC.71",
       {}},
      {"probation after parole counts working days",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2018-04-02, parole: {of: f1}}", "{date: 2018-04-27, release: {from: prison}}"},
       "KZ.CC.72.7",
       {"2018-05-05 EXACT UPCOMING"}},
      {"renewal of protection, 30 days before its end",
       {"{date: 2018-03-15, asylum_step: {step: granted, country: CZ}}"},
       "CZ.ASY.53a.FIRST",
       {"2019-02-13 NO_EARLIER_THAN UPCOMING"}},
      {"a refusal that was served",
       {"{date: 2018-04-02, asylum_step: {step: refused, country: CZ, served: 2018-04-20}}"},
       "CZ.ASY.32",
       {"2018-05-05 EXACT UPCOMING"}},
      {"a reply we asked for",
       {"{date: 2018-04-02, intervention: {to: the ministry, reply_due: 2018-05-02}}"},
       "FACT.REPLY_DUE",
       {"2018-05-02 EXACT UPCOMING"}},
      {"a date set by hand is known ahead",
       {"{date: 2018-06-02, manual_date: {what: w, reason: r}}"},
       "FACT.MANUAL",
       {"2018-06-02 EXACT UPCOMING"}},
      {"a planned span is shown from its first to its last day",
       {"{date: 2018-05-10/2018-05-11, planned_event: {what: w}}"},
       "FACT.PLANNED",
       {"2018-05-10 … 2018-05-11 WINDOW UPCOMING"}},
      {"nobody touched the case, who is held",
       {"{date: 2018-04-01, custody: {kind: remand}}"},
       "OWN.REVIEW",
       {"2018-05-01 EXACT UPCOMING"}},
      {"nobody touched the case, at large",
       {"{date: 2018-04-01, search: {}}"},
       "OWN.REVIEW",
       {"2018-06-30 EXACT UPCOMING"}},
      {"arrest without a court, 72 hours for a group",
       {"{date: 2018-04-05, accusation: {charges: [{code_edition: kz_cc_2014, article: '266'}]}}",
        "{date: 2018-04-27, custody: {kind: arrest}}"},
       "KZ.CPC.131.4.72H",
       {"2018-04-30 EXACT UPCOMING"}},
      {"and 48 for others",
       {"{date: 2018-04-27, custody: {kind: arrest}}"},
       "KZ.CPC.131.4.48H",
       {"2018-04-29 EXACT UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(DeadlineRules, MilderGroups_HaveAnEarlierParole) {
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

TEST(DeadlineRules, Classes_DecideEligibility) {
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

}  // namespace
}  // namespace vigil::registry
