// The rules, on made-up cases: entry into force, appeals, duties, bodies and the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

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
      {"the same, and the copy came on a known day",
       {"{date: 2017-04-10, verdict: {penalty: imprisonment, term: P3Y, served: 2017-04-13}}",
        "{date: 2018-04-24, transfer: {to: a colony-settlement, by_court_order: true, served: "
        "2018-05-02}}"},
       "KZ.CPC.418",
       {"2017-04-28 EXACT PASSED", "2018-05-17 EXACT UPCOMING"}},
      {"a milder penalty, from the copy",
       {"{date: 2016-04-11, verdict: {penalty: imprisonment, term: P3Y, served: 2016-04-11}}",
        "{date: 2018-04-10, replacement: {of: f1, penalty: restriction_of_liberty, served: "
        "2018-04-13}}"},
       "KZ.CPC.418",
       {"2016-04-26 EXACT PASSED", "2018-04-28 EXACT DUE"}},
      {"parole, from the copy, which came in one of some days",
       {"{date: 2016-04-11, verdict: {penalty: imprisonment, term: P3Y, served: 2016-04-11}}",
        "{date: 2018-04-10, parole: {of: f1, served: 2018-04-11/2018-04-13}}"},
       "KZ.CPC.418",
       {"2016-04-26 EXACT PASSED", "2018-04-26 … 2018-04-28 WINDOW DUE"}},
      {"from pronouncement for whoever is not in prison, whenever the copy came",
       {"{date: 2018-04-10, verdict: {penalty: restriction_of_liberty, term: P1Y, served: "
        "2018-04-17}}"},
       "KZ.CPC.418",
       {"2018-04-25 EXACT PASSED"}},
      {"against extradition, from the copy",
       {"{date: 2018-04-10, extradition_step: {step: granted, requested_state: KZ, served: "
        "2018-04-19}}"},
       "KZ.CPC.592.1",
       {"2018-05-02 EXACT UPCOMING"}},
      {"against extradition, and the day of the copy is not known",
       {"{date: 2018-04-10, extradition_step: {step: granted, requested_state: KZ}}"},
       "KZ.CPC.592.1",
       {"2018-04-20 NO_EARLIER_THAN PASSED"}},
      {"met by a decision on appeal",
       {"{date: 2018-01-10, verdict: {penalty: restriction_of_liberty, term: P1Y}}",
        "{date: 2018-03-01, appeal_decision: {of: f1, result: upheld}}"},
       "KZ.CPC.418",
       {"2018-01-25 EXACT MET"}},
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
       {"2018-08-01 … 2018-08-28 WINDOW UPCOMING", "2019-02-01 … 2019-02-28 WINDOW UPCOMING"}},
      {"by the year, which is longer than its period",
       {"{date: 2017, reporting_duty: {to: police, every: P6M}}"},
       "FACT.DUTY",
       {"2018-01-01 … 2018-06-30 WINDOW DUE", "2018-07-01 … 2018-12-31 WINDOW UPCOMING",
        "2019-01-01 … 2019-06-30 WINDOW UPCOMING"}},
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

// No rule of the tree counts from the copy of a decision on appeal: here one is made to.
TEST(DeadlineRules, DecisionOnAppealOfAPrisoner_CountsFromTheCopy) {
  rules::v1::RuleArchive archive = Rules().archive();
  for (rules::v1::RulePack& pack : *archive.mutable_packs()) {
    for (rules::v1::Rule& rule : *pack.mutable_rules()) {
      if (rule.id() != "KZ.CPC.418") continue;
      rule.mutable_trigger()->clear_facts();
      rule.mutable_trigger()->add_facts(rules::v1::FACT_KIND_APPEAL_DECISION);
    }
  }
  const auto book = RuleBook::Compile(archive);
  ASSERT_TRUE(book.ok()) << book.status();
  const auto appeal_of = [&](const char* verdict) {
    TestCase one;
    one.Fact(verdict);
    one.Fact("{date: 2018-04-10, appeal_decision: {of: f1, result: upheld, served: 2018-04-13}}");
    const auto found =
        Of(DeriveDeadlines(one.View(), *book, *civil::ParseDay("2018-04-14")), "KZ.CPC.418");
    return found.size() == 1 ? Brief(found[0]) : std::string("none");
  };
  EXPECT_EQ(appeal_of("{date: 2018-02-01, verdict: {penalty: imprisonment, term: P2Y}}"),
            "2018-04-28 EXACT UPCOMING");
  EXPECT_EQ(appeal_of("{date: 2018-02-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}"),
            "2018-04-25 EXACT UPCOMING");
}

}  // namespace
}  // namespace vigil::registry
