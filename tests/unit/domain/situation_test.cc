#include "registry-svc/domain/situation.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

TEST(Situation, ReportCases_CountAsTheReportDoes) {
  std::map<v1::Situation, int> counts;
  int people = 0;
  for (const TestCase& one : ReportCases()) {
    if (!one.is_case()) continue;
    ++people;
    ++counts[one.Situation("2018-04-28").situation];
  }
  EXPECT_EQ(people, 49);
  EXPECT_EQ(counts[v1::SITUATION_IMPRISONED], 18);
  EXPECT_EQ(counts[v1::SITUATION_IN_DETENTION], 4);
  EXPECT_EQ(counts[v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL], 2);
  EXPECT_EQ(counts[v1::SITUATION_UNDER_PREVENTIVE_MEASURE], 1);
  EXPECT_EQ(counts[v1::SITUATION_UNDER_RESTRICTION], 7);
  EXPECT_EQ(counts[v1::SITUATION_RELEASED_WITH_RESTRICTIONS], 4);
  EXPECT_EQ(counts[v1::SITUATION_ABROAD_AT_RISK], 6);
  EXPECT_EQ(counts[v1::SITUATION_NOT_STATED], 7);
}

TEST(Situation, Ayan_IsDecidedButNotYetOut_UntilTheOrderIsInForce) {
  const TestCase& ayan = ReportCase("Talgat Ayan");
  EXPECT_THAT(ayan.Situation("2018-04-28").flags, testing::ElementsAre("DECIDED_NOT_YET_OUT"));
  EXPECT_EQ(ayan.Situation("2018-04-28").since, "2018-04-13");
  EXPECT_THAT(ayan.Situation("2018-04-29").flags, testing::IsEmpty());
  EXPECT_EQ(ayan.Situation("2018-04-12").situation, v1::SITUATION_IMPRISONED);
}

TEST(Situation, ComputedEnd_ChangesNothing) {
  // Ashim's month and Batyrbekov's restriction are long over by then.
  EXPECT_EQ(ReportCase("Ardak Ashim").Situation("2019-01-01").situation,
            v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL);
  EXPECT_EQ(ReportCase("Amangeldy Batyrbekov").Situation("2019-01-01").situation,
            v1::SITUATION_UNDER_RESTRICTION);
}

struct FoldCase {
  const char* what;
  std::vector<const char*> facts;
  const char* as_of;
  v1::Situation situation;
};

TEST(Situation, MadeUpCases_FoldInOrder) {
  const FoldCase cases[] = {
      {"nothing known", {}, "2018-04-28", v1::SITUATION_NOT_STATED},
      {"taken to the police is no custody",
       {"{date: 2018-04-05, taken_to_police: {}}"},
       "2018-04-28",
       v1::SITUATION_NOT_STATED},
      {"an imprecise fact counts from its latest day",
       {"{date: 2018-04, custody: {kind: remand}}"},
       "2018-04-28",
       v1::SITUATION_NOT_STATED},
      {"and then it does",
       {"{date: 2018-04, custody: {kind: remand}}"},
       "2018-04-30",
       v1::SITUATION_IN_DETENTION},
      {"custody, then bail",
       {"{date: 2018-04-05, custody: {kind: remand}}",
        "{date: 2018-04-10, preventive_measure: {kind: KIND_BAIL}}"},
       "2018-04-28",
       v1::SITUATION_UNDER_PREVENTIVE_MEASURE},
      {"a verdict of prison ends remand",
       {"{date: 2018-01-05, custody: {kind: remand}}",
        "{date: 2018-04-10, verdict: {penalty: imprisonment, term: P2Y}}"},
       "2018-04-28",
       v1::SITUATION_IMPRISONED},
      {"acquitted",
       {"{date: 2018-01-05, custody: {kind: remand}}",
        "{date: 2018-04-10, verdict: {penalty: none}}"},
       "2018-04-28",
       v1::SITUATION_FREE},
      {"released with nothing left",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y}}",
        "{date: 2018-01-05, release: {from: prison, ground: served}}"},
       "2018-04-28",
       v1::SITUATION_FREE},
      {"released with a ban left",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y, bans: [{what: x, term: "
        "P3Y}]}}",
        "{date: 2018-01-05, release: {from: prison, ground: served}}"},
       "2018-04-28",
       v1::SITUATION_RELEASED_WITH_RESTRICTIONS},
      {"release from remand leaves the restriction",
       {"{date: 2017-01-05, verdict: {penalty: restriction_of_liberty, term: P2Y}}",
        "{date: 2017-01-05, release: {from: remand}}"},
       "2018-04-28",
       v1::SITUATION_UNDER_RESTRICTION},
      {"a replaced verdict does not count",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y}}",
        "{date: 2017-01-05, verdict: {penalty: restriction_of_liberty, term: P1Y, replaces: "
        "[f1]}}"},
       "2018-04-28",
       v1::SITUATION_UNDER_RESTRICTION},
      {"an annulled verdict does not count",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P2Y}}",
        "{date: 2016-05-05, appeal_decision: {of: f1, result: annulled}}",
        "{date: 2016-05-05, custody: {kind: remand}}"},
       "2018-04-28",
       v1::SITUATION_IN_DETENTION},
      {"parole that was annulled lets nobody out",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P5Y}}",
        "{date: 2018-03-01, parole: {of: f1}}",
        "{date: 2018-03-20, appeal_decision: {of: f2, result: annulled}}"},
       "2018-04-28",
       v1::SITUATION_IMPRISONED},
      {"abroad and pursued, even if refused",
       {"{date: 2014, whereabouts: {country: CZ}}",
        "{date: 2014, extradition_step: {step: refused, requesting_state: KZ, requested_state: "
        "CZ}}"},
       "2018-04-28",
       v1::SITUATION_ABROAD_AT_RISK},
      {"house arrest lifted",
       {"{date: 2018-03-01, preventive_measure: {kind: KIND_HOUSE_ARREST}}",
        "{date: 2018-03-20, preventive_measure: {kind: KIND_HOUSE_ARREST, lifted: true}}"},
       "2018-04-28",
       v1::SITUATION_NOT_STATED},
      {"death comes first",
       {"{date: 2018-03-01, verdict: {penalty: imprisonment, term: P2Y}}",
        "{date: 2018-03-20, death: {}}"},
       "2018-04-28",
       v1::SITUATION_DECEASED},
      {"not yet dead before",
       {"{date: 2018-03-01, verdict: {penalty: imprisonment, term: P2Y}}",
        "{date: 2018-03-20, death: {}}"},
       "2018-03-19",
       v1::SITUATION_IMPRISONED},
  };
  for (const FoldCase& c : cases) {
    TestCase one;
    for (const char* fact : c.facts) one.Fact(fact);
    EXPECT_EQ(v1::Situation_Name(one.Situation(c.as_of).situation), v1::Situation_Name(c.situation))
        << c.what;
  }
}

TEST(Situation, RetractedFact_DoesNotCount) {
  TestCase one;
  one.Fact("{date: 2018-01-05, custody: {kind: remand}, retract_time: 2018-02-01T00:00:00Z}");
  EXPECT_EQ(one.Situation().situation, v1::SITUATION_NOT_STATED);
}

TEST(Situation, CorrectedFact_StandsInPlaceOfTheFirst) {
  TestCase one;
  one.Fact("{date: 2018-01-05, verdict: {penalty: imprisonment, term: P2Y}}");
  one.Fact(
      "{date: 2018-01-05, lineage: f1, verdict: {penalty: restriction_of_liberty, term: P2Y}}");
  EXPECT_EQ(one.Situation().situation, v1::SITUATION_UNDER_RESTRICTION);
}

}  // namespace
}  // namespace vigil::registry
