// Restriction of liberty that was evaded: prison for what was left of it (CC 2014 article 44).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kRestricted[] =
    "{date: 2017-08-01, verdict: {penalty: restriction_of_liberty, term: P2Y}}";
constexpr char kNotAppealed[] = "{appeal_decision: {of: f1, result: not_appealed}}";
constexpr char kEvaded[] = "{date: 2018-04-02, replacement: {of: f1, penalty: imprisonment}}";

constexpr char kAgain[] =
    "{date: 2018-06-01, replacement: {of: f1, penalty: restriction_of_liberty}}";

constexpr char kPrison[] =
    "{date: 2016-04-11, verdict: {penalty: imprisonment, term: P5Y, charges: [{code_edition: "
    "kz_cc_2014, article: '419', outcome: convicted, gravity: {value: medium}}]}}";
constexpr char kReplaced[] =
    "{date: 2017-11-01, replacement: {of: f1, penalty: restriction_of_liberty}}";
constexpr char kOut[] = "{date: 2017-11-20, release: {from: prison, ground: replacement}}";

TEST(Evasion, EndStays_ButForWhatWasEvaded) {
  const RuleCase cases[] = {
      {"a day for a day",
       {kRestricted, kNotAppealed, kEvaded},
       "KZ.CC.44.EVADED",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"the restriction itself has no end any more",
       {kRestricted, kNotAppealed, kEvaded},
       "KZ.CC.44",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"}},
      {"and cannot be ended early",
       {kRestricted, kNotAppealed, kEvaded},
       "KZ.CC.72.1",
       {"2018-04-17 … 2018-12-17 NO_EARLIER_THAN WITHDRAWN"}},
      {"a term that the court states runs from its order",
       {kRestricted, kNotAppealed,
        "{date: 2018-04-02, replacement: {of: f1, penalty: imprisonment, term: P1Y}}"},
       "KZ.CC.44.EVADED",
       {"2019-04-18 ESTIMATE UPCOMING"}},
      {"let out",
       {kRestricted, kNotAppealed, kEvaded, "{date: 2018-04-20, release: {from: prison}}"},
       "KZ.CC.44.EVADED",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"}},
      {"prison, replaced, evaded: the end is that of the verdict",
       {kPrison, kReplaced, kOut, kEvaded},
       "KZ.CC.62.PRISON",
       {"2021-04-11 ESTIMATE UPCOMING"}},
      {"and is told once", {kPrison, kReplaced, kOut, kEvaded}, "KZ.CC.44.EVADED", {}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(Evasion, MilderPenaltyAgain_LeavesTheEndOfThatPrison) {
  const RuleCase cases[] = {
      {"the end of the prison stays",
       {kRestricted, kNotAppealed, kEvaded, kAgain},
       "KZ.CC.44.EVADED",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"},
       "2018-06-28"},
      {"also one that the court stated",
       {kRestricted, kNotAppealed,
        "{date: 2018-04-02, replacement: {of: f1, penalty: imprisonment, term: P1Y}}", kAgain},
       "KZ.CC.44.EVADED",
       {"2019-04-18 ESTIMATE UPCOMING"},
       "2018-06-28"},
      {"let out for it",
       {kRestricted, kNotAppealed, kEvaded, kAgain,
        "{date: 2018-06-20, release: {from: prison, ground: replacement}}"},
       "KZ.CC.44.EVADED",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"},
       "2018-06-28"},
      {"the restriction of the verdict is no more",
       {kRestricted, kNotAppealed, kEvaded, kAgain},
       "KZ.CC.44",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"},
       "2018-06-28"},
      {"of a verdict of prison too",
       {kPrison, kReplaced, kOut, kEvaded, kAgain},
       "KZ.CC.62.PRISON",
       {"2021-04-11 ESTIMATE UPCOMING"},
       "2018-06-28"},
      {"evaded again",
       {kRestricted, kNotAppealed, kEvaded, kAgain,
        "{date: 2018-08-01, replacement: {of: f1, penalty: imprisonment}}"},
       "KZ.CC.44.EVADED",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"},
       "2018-08-28"},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(Evasion, MilderPenaltyAgain_IsExplained) {
  TestCase one;
  one.Fact(kRestricted).Fact(kNotAppealed).Fact(kEvaded).Fact(kAgain);
  const Derivation derived = one.Derive("2018-06-28");
  const auto prison = Of(derived, "KZ.CC.44.EVADED"), restriction = Of(derived, "KZ.CC.44");
  ASSERT_EQ(prison.size(), 1u);
  ASSERT_EQ(restriction.size(), 1u);
  EXPECT_THAT(Explained(prison[0]), testing::HasSubstr("replaced by a milder penalty"));
  EXPECT_THAT(Explained(restriction[0]),
              testing::Not(testing::HasSubstr("replaced by a milder penalty")));
}

// What record the law leaves after an evaded restriction was not read.
TEST(Evasion, RecordOfTheRestriction_IsWithdrawn) {
  constexpr char kListed[] = "{date: 2018-04-10, listing: {list: kz_terrorism_financing}}";
  const RuleCase cases[] = {
      {"the record, as long as it was not evaded",
       {kRestricted, kNotAppealed},
       "KZ.CC.79.3.MILDER",
       {"2019-08-17 EXACT UPCOMING"}},
      {"the record",
       {kRestricted, kNotAppealed, kEvaded},
       "KZ.CC.79.3.MILDER",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"}},
      {"the list",
       {kRestricted, kNotAppealed, kEvaded, kListed},
       "KZ.AML.LIST",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"}},
      {"also after a milder penalty again",
       {kRestricted, kNotAppealed, kEvaded, kAgain, kListed},
       "KZ.AML.LIST",
       {"2019-08-17 NO_EARLIER_THAN WITHDRAWN"},
       "2018-06-28"},
      {"the record after prison stays",
       {kPrison, kReplaced, kOut, kEvaded},
       "KZ.CC.79.3.PRISON",
       {"2024-04-11 ESTIMATE UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

v1::Situation SituationAfter(const std::vector<const char*>& facts) {
  TestCase one;
  for (const char* fact : facts) one.Fact(fact);
  return one.Situation().situation;
}

TEST(Evasion, Person_IsInPrisonUntilLetOut) {
  EXPECT_EQ(SituationAfter({kRestricted}), v1::SITUATION_UNDER_RESTRICTION);
  EXPECT_EQ(SituationAfter({kRestricted, kEvaded}), v1::SITUATION_IMPRISONED);
  EXPECT_EQ(SituationAfter({kRestricted, kEvaded, "{date: 2018-04-20, release: {from: prison}}"}),
            v1::SITUATION_FREE);
  EXPECT_EQ(SituationAfter({kPrison, kReplaced, kOut}), v1::SITUATION_RELEASED_WITH_RESTRICTIONS);
  EXPECT_EQ(SituationAfter({kPrison, kReplaced, kOut, kEvaded}), v1::SITUATION_IMPRISONED);
  EXPECT_EQ(SituationAfter({kRestricted, kEvaded,
                            "{date: 2018-04-20, appeal_decision: {of: f2, result: annulled}}"}),
            v1::SITUATION_UNDER_RESTRICTION)
      << "the order was annulled";
}

TEST(Evasion, OrderOfTheMilderPenaltyKnownByTheYear_CameBeforeIt) {
  constexpr char kReplacedSometime[] =
      "{date: 2018, replacement: {of: f1, penalty: restriction_of_liberty}}";
  EXPECT_EQ(SituationAfter({kPrison, kReplacedSometime}), v1::SITUATION_IMPRISONED)
      << "not before the last day of the year";
  TestCase one;
  one.Fact(kPrison).Fact(kReplacedSometime).Fact(kEvaded);
  EXPECT_EQ(one.Situation("2019-01-15").situation, v1::SITUATION_IMPRISONED);
  EXPECT_EQ(SituationAfter({kPrison, kReplaced, kEvaded,
                            "{date: 2018-04-20, replacement: {of: f1, penalty: "
                            "restriction_of_liberty}}"}),
            v1::SITUATION_RELEASED_WITH_RESTRICTIONS)
      << "replaced again";
  EXPECT_EQ(SituationAfter({kPrison, kReplaced, kEvaded,
                            "{date: 2018-03/2018-04-20, replacement: {of: f1, penalty: "
                            "restriction_of_liberty}}"}),
            v1::SITUATION_RELEASED_WITH_RESTRICTIONS)
      << "nobody orders a restriction in place of one";
}

TEST(Evasion, PersonOutOfThatPrisonByAMilderPenalty_IsReleasedWithRestrictions) {
  TestCase one;
  one.Fact(kRestricted).Fact(kEvaded).Fact(kAgain);
  const SituationReading decided = one.Situation("2018-06-10");
  EXPECT_EQ(decided.situation, v1::SITUATION_RELEASED_WITH_RESTRICTIONS);
  EXPECT_EQ(decided.since, "2018-06-01");
  EXPECT_THAT(decided.flags, testing::ElementsAre("DECIDED_NOT_YET_OUT"));
  EXPECT_THAT(one.Situation("2018-07-10").flags, testing::IsEmpty());
  EXPECT_EQ(FindingsOf(one.Derive("2018-07-10"), kReleaseUnconfirmed).size(), 1u);
  one.Fact("{date: 2018-06-20, release: {from: prison, ground: replacement}}");
  EXPECT_EQ(one.Situation("2018-07-10").situation, v1::SITUATION_RELEASED_WITH_RESTRICTIONS);
  EXPECT_TRUE(FindingsOf(one.Derive("2018-07-10"), kReleaseUnconfirmed).empty());
  one.Fact("{date: 2018-08-01, replacement: {of: f1, penalty: imprisonment}}");
  EXPECT_EQ(one.Situation("2018-08-10").situation, v1::SITUATION_IMPRISONED) << "evaded again";
}

TEST(Evasion, PrisonThatWasReplaced_LeavesNoParole) {
  TestCase one;
  one.Fact(kPrison).Fact(kReplaced).Fact(kOut).Fact(kEvaded);
  const auto parole = Of(one.Derive(), v1::DEADLINE_KIND_PAROLE_ELIGIBILITY);
  ASSERT_EQ(parole.size(), 1u);
  EXPECT_EQ(parole[0].eligibility(), v1::ELIGIBILITY_BARRED);
}

TEST(Evasion, IllnessInThatPrison_OpensRelease) {
  constexpr char kIll[] = "{date: 2018-04-10, health: {what: w, serious: true}}";
  TestCase restricted, evaded;
  restricted.Fact(kRestricted).Fact(kIll);
  evaded.Fact(kRestricted).Fact(kEvaded).Fact(kIll);
  EXPECT_TRUE(Of(restricted.Derive(), "KZ.CC.75").empty());
  EXPECT_EQ(Of(evaded.Derive(), "KZ.CC.75").size(), 1u);
}

}  // namespace
}  // namespace vigil::registry
