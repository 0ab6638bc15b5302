// Dates that contradict one another, a gravity that cannot be, and what the packs say of both.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/yaml/yaml.h"
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

struct Part {
  const char* fact;
  // What the finding says, and by how many days; empty: there is none.
  const char* text;
  int days;
};

TEST(Chronology, PartDatedBeforeTheFactItself_IsAFinding) {
  const Part rows[] = {
      {"{date: 2017-07-25, verdict: {penalty: imprisonment, term: P4Y, served: 2017-07-20}}",
       "The verdict of 2017-07-25 was served 2017-07-20, before its own day.", 5},
      {"{date: 2018-03-10, asylum_step: {step: refused, country: CZ, served: 2018-02}}",
       "was served 2018-02-01 … 2018-02-28, before its own day", 10},
      {"{date: 2018-03-10, extradition_step: {step: granted, served: 2018-03-01}}",
       "The extradition step of 2018-03-10 was served 2018-03-01, before its own day.", 9},
      {"{date: 2018-03-10, motion_decision: {served: 2018-03-01}}",
       "The motion decision of 2018-03-10 was served 2018-03-01, before its own day.", 9},
      {"{date: 2018-03-01, custody_extension: {until: 2018-02-05}}",
       "was extended until 2018-02-05, before its own day", 24},
      {"{date: 2018-03-01, intervention: {what: w, to: x, reply_due: 2018-02-20}}",
       "was to be answered by 2018-02-20, before its own day", 9},
      // On the day, or on a day that may be later.
      {"{date: 2017-07-25, verdict: {penalty: imprisonment, term: P4Y, served: 2017-07-25}}", "",
       0},
      {"{date: 2018-03-10, asylum_step: {step: refused, country: CZ, served: 2018-03}}", "", 0},
      // A placement in a hospital may come before its order, and a term may run before it is told.
      {"{date: 2018-03-27, committal: {term: P1M, placed: 2018-03-20}}", "", 0},
      {"{date: 2018-03-27, communication: {body: un_human_rights_committee, running_since: "
       "2018-03-01}}",
       "", 0},
  };
  for (const Part& row : rows) {
    TestCase one;
    one.Fact(row.fact);
    const auto found = FindingsOf(one.Derive(), kOutOfOrder);
    ASSERT_EQ(found.size(), row.text[0] == '\0' ? 0u : 1u) << row.fact;
    if (found.empty()) continue;
    EXPECT_THAT(found[0].text(), testing::HasSubstr(row.text));
    EXPECT_EQ(found[0].max_shift_days(), row.days) << row.fact;
  }
}

struct Decided {
  const char* verdict;
  const char* appeal;
  const char* entry;
};

// A court of appeal does not decide before the verdict: what is left of the window begins with it.
TEST(Chronology, AppealWindow_IsCutByTheDecision) {
  const Decided rows[] = {
      {"2017-07-20", "2017-07", "2017-07-20 … 2017-07-31 WINDOW PASSED"},
      {"2017-07-20", "2017", "2017-07-20 … 2017-12-31 WINDOW PASSED"},
      {"2017-07-20", "2017-07-01/2017-07-20", "2017-07-20 EXACT PASSED"},
      {"2017-07", "2017-07-15", "2017-07-15 EXACT PASSED"},
      {"2017-07-10/2017-07-20", "2017-07", "2017-07-10 … 2017-07-31 WINDOW PASSED"},
  };
  for (const Decided& row : rows) {
    TestCase one;
    one.Fact(fmt::format("{{date: {}, verdict: {{penalty: restriction_of_liberty, term: P4Y}}}}",
                         row.verdict));
    one.Fact(fmt::format("{{date: {}, appeal_decision: {{of: f1, result: upheld}}}}", row.appeal));
    const Derivation derived = one.Derive();
    const auto entry = Of(derived, "KZ.CPC.470");
    ASSERT_EQ(entry.size(), 1u);
    EXPECT_EQ(Brief(entry[0]), row.entry) << row.verdict << ", on appeal " << row.appeal;
    EXPECT_TRUE(FindingsOf(derived, kOutOfOrder).empty());
    // And so the end that is counted from it.
    const auto end = Of(derived, "KZ.CC.44");
    ASSERT_EQ(end.size(), 1u);
    EXPECT_EQ(end[0].earliest().substr(4), entry[0].earliest().substr(4));
    EXPECT_EQ(end[0].latest().substr(4), entry[0].latest().substr(4));
  }
}

struct Stated {
  const char* charges;
  // What the finding says it can only be; empty: there is none.
  const char* can_only_be;
};

TEST(Chronology, GravityThatTheArticleForbids_IsAFinding) {
  const Stated rows[] = {
      {"{article: '189', part: '1', gravity: {value: grave}}",
       "article 189(1), 3 years it can "
       "only be medium"},
      {"{article: '189', part: '1', gravity: {value: grave, assumed: true}}", "only be medium"},
      {"{article: '189', gravity: {value: especially_grave}}", "only be medium or grave"},
      {"{article: '189', part: '1', gravity: {value: medium}}", ""},
      {"{article: '189', gravity: {value: grave}}", ""},
      {"{article: '419', gravity: {value: grave}}", ""},
      {"{article: '189', part: '1'}", ""},
      // One of several charges will do.
      {"{article: '419'}, {article: '189', part: '1', gravity: {value: grave}}",
       "article 419, "
       "189(1)"},
      // What the person was acquitted of says nothing.
      {"{article: '419'}, {article: '189', part: '1', outcome: acquitted, gravity: {value: grave}}",
       ""},
      // The same number in the other code is another crime.
      {"{code_edition: kz_cc_1997, article: '189', part: '1', gravity: {value: grave}}", ""},
  };
  for (const Stated& row : rows) {
    v1::Fact fact;
    const absl::Status read = ParseYaml(
        fmt::format("{{date: 2017-08-01, verdict: {{penalty: imprisonment, term: P3Y, charges: "
                    "[{}]}}}}",
                    row.charges),
        "fact", &fact);
    ASSERT_TRUE(read.ok()) << read;
    for (v1::Charge& charge : *fact.mutable_verdict()->mutable_charges()) {
      if (charge.code_edition() == 0) charge.set_code_edition(v1::CODE_EDITION_KZ_CC_2014);
      if (charge.outcome() == 0) charge.set_outcome(v1::CHARGE_OUTCOME_CONVICTED);
    }
    TestCase one;
    one.Add(fact);
    const auto found = FindingsOf(one.Derive(), kGravityContradicted);
    ASSERT_EQ(found.size(), row.can_only_be[0] == '\0' ? 0u : 1u) << row.charges;
    if (found.empty()) continue;
    EXPECT_THAT(found[0].text(), testing::HasSubstr(row.can_only_be));
  }
}

TEST(Chronology, GravityThatTheArticleForbids_EndsWithAnotherPartOnAppeal) {
  TestCase one;
  one.Fact(
      "{date: 2017-08-01, verdict: {penalty: imprisonment, term: P3Y, charges: [{code_edition: "
      "kz_cc_2014, article: '189', part: '1', outcome: convicted, gravity: {value: grave}}]}}");
  ASSERT_EQ(FindingsOf(one.Derive(), kGravityContradicted).size(), 1u);
  one.Fact(
      "{date: 2017-10-01, appeal_decision: {of: f1, result: changed, charges: [{code_edition: "
      "kz_cc_2014, article: '189', part: '3', outcome: convicted, gravity: {value: grave}}]}}");
  EXPECT_TRUE(FindingsOf(one.Derive(), kGravityContradicted).empty());
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
