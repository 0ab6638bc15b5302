// Facts of which it is not known which came first, or when: the dates say so, and say which way
// they can move.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr char kCustody[] = "{date: 2016-06-01, custody: {kind: remand}}";
constexpr char kVerdict[] =
    "{date: 2016-11-28, verdict: {penalty: imprisonment, term: P5Y, regime: maximum, charges: "
    "[{outcome: convicted, gravity: {value: medium}}], bans: [{what: w, term: P2Y}]}}";
constexpr char kAbsent[] =
    "{date: 2017, verdict: {penalty: imprisonment, term: P5Y, in_absentia: true}}";

struct Row {
  const char* what;
  std::vector<const char*> facts;
  const char* rule;
  const char* brief;
  bool order_unknown;
};

TEST(OrderUnknown, WhatTellsWhereAPersonWasHeld_SaysWhichWayADateCanMove) {
  const Row rows[] = {
      {"all days are known",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       "2021-06-01 EXACT UPCOMING",
       false},
      {"a release without its day may have interrupted the custody",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{release: {from: from_remand}}"},
       "KZ.CC.62.PRISON",
       "2021-06-01 NO_EARLIER_THAN UPCOMING",
       true},
      {"and so may house arrest, which is worth less, or come before",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{date: ../2016-12-01, preventive_measure: {kind: house_arrest}}"},
       "KZ.CC.62.PRISON",
       "2021-06-01 ESTIMATE UPCOMING",
       true},
      {"a hospital is worth as much: it can only have come before",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{date: ../2016-12-01, committal: {term: P1M}}"},
       "KZ.CC.62.PRISON",
       "2021-06-01 NO_LATER_THAN UPCOMING",
       false},
      {"custody and house arrest of one month",
       {"{date: 2016-06, custody: {kind: remand}}",
        "{date: 2016-06, preventive_measure: {kind: house_arrest}}", kVerdict,
        "{date: 2017-01-20, appeal_decision: {of: f3, result: upheld}}"},
       "KZ.CC.62.PRISON",
       "2021-08-26 … 2021-10-10 ESTIMATE UPCOMING",
       true},
      {"custody of the year of the verdict may have begun after it",
       {"{date: 2016, custody: {kind: remand}}", kVerdict,
        "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}"},
       "KZ.CC.62.PRISON",
       "2020-12-31 … 2021-12-31 ESTIMATE UPCOMING",
       true},
      {"from prison nobody was let out before the verdict",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{release: {from: from_prison}}"},
       "KZ.CC.62.PRISON",
       "2021-06-01 EXACT UPCOMING",
       false},
      {"a ban runs from a release that has no day, at the latest from the end",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{release: {from: from_prison}}"},
       "KZ.CC.50.4",
       "2023-06-01 NO_LATER_THAN UPCOMING",
       false},
      {"and so does the record",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{release: {from: from_prison}}"},
       "KZ.CC.79.3.PRISON",
       "2026-06-01 NO_LATER_THAN UPCOMING",
       false},
      {"a penalty that was replaced on an unknown day",
       {kCustody, kVerdict, "{date: 2017-01-20, appeal_decision: {of: f2, result: upheld}}",
        "{date: ../2018-04-01, replacement: {of: f2, penalty: restriction_of_liberty}}"},
       "KZ.CC.50.4",
       "2023-06-01 NO_LATER_THAN UPCOMING",
       false},
  };
  for (const Row& row : rows) {
    TestCase one;
    for (const char* fact : row.facts) one.Fact(fact);
    const auto found = Of(one.Derive(), row.rule);
    ASSERT_EQ(found.size(), 1u) << row.what;
    EXPECT_EQ(Brief(found[0]), row.brief) << row.what << "\n" << Explained(found[0]);
    const auto order_unknown = Contains("ORDER_UNKNOWN");
    if (row.order_unknown) {
      EXPECT_THAT(found[0].assumptions(), order_unknown) << row.what;
    } else {
      EXPECT_THAT(found[0].assumptions(), Not(order_unknown)) << row.what;
    }
  }
}

TEST(OrderUnknown, RevocationWithoutADay_IsOne) {
  TestCase one;
  one.Fact(kVerdict);
  one.Fact("{date: 2017-03-02, parole: {of: f1}}");
  one.Fact("{date: 2017-03-20, release: {from: from_prison, ground: ground_parole}}");
  one.Fact("{parole_revocation: {of: f2, ground: ground_breach}}");
  // After an early release the record would run from it.
  const auto record = Of(one.Derive(), "KZ.CC.79.3.PRISON");
  ASSERT_EQ(record.size(), 1u);
  EXPECT_EQ(record[0].earliest(), "2026-11-28");
}

TEST(OrderUnknown, ReleaseOnParoleInTheYearOfItsRevocation_CameBefore) {
  TestCase one;
  one.Fact(kVerdict);
  one.Fact("{date: 2017-03-02, parole: {of: f1}}");
  one.Fact("{date: 2017, release: {from: from_prison, ground: ground_parole}}");
  one.Fact("{date: 2017-10-02, parole_revocation: {of: f2, ground: ground_breach}}");
  const auto rest = Of(one.Derive(), "KZ.CC.72.7.REST");
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_THAT(Explained(rest[0]), HasSubstr("Let out on 2017-01-01 … 2017-12-31."));
}

TEST(OrderUnknown, CustodyInTheYearOfAVerdictInAbsence_IsNotItsService) {
  TestCase one;
  one.Fact("{date: 2017-05, custody: {kind: remand}}").Fact(kAbsent);
  EXPECT_TRUE(Of(one.Derive(), "KZ.CC.62.PRISON").empty());
  TestCase served;
  served.Fact(kAbsent).Fact("{date: 2018-01-10, custody: {kind: remand}}");
  EXPECT_EQ(Of(served.Derive(), "KZ.CC.62.PRISON").size(), 1u);
}

TEST(OrderUnknown, CreditOverAWindow_IsToldForBothEnds) {
  TestCase one;
  one.Fact(kCustody).Fact(kVerdict);
  one.Fact("{date: 2017-01, appeal_decision: {of: f2, result: upheld}}");
  const auto end = Of(one.Derive(), "KZ.CC.62.PRISON");
  ASSERT_EQ(end.size(), 1u);
  EXPECT_THAT(Explained(end[0]), testing::AllOf(HasSubstr("to entry into force on 2017-01-01: 214"),
                                                HasSubstr("to entry into force on 2017-01-31: 244"),
                                                HasSubstr("214 to 244 days in all")));
}

TEST(OrderUnknown, PartOfARest_TellsItsDays) {
  TestCase one;
  one.Fact("{date: 2015-03-02, verdict: {penalty: imprisonment, term: P4Y}}");
  one.Fact("{date: 2017-03-02, parole: {of: f1}}");
  one.Fact("{date: 2017-03-20, release: {from: from_prison, ground: ground_parole}}");
  one.Fact("{date: 2018-01-15, parole_revocation: {of: f2, ground: ground_new_crime}}");
  const auto next = Of(one.Derive(), "KZ.CC.72.3.4");
  ASSERT_EQ(next.size(), 1u);
  EXPECT_THAT(Explained(next[0]), HasSubstr("3/4 of it, 534 days, from 2018-01-15: 2019-07-03."));
}

}  // namespace
}  // namespace vigil::registry
