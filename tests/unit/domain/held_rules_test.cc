// The limits on custody and hospital, on made-up cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

TEST(HeldRules, Custody_IsHalfOpenAndNeverRolls) {
  constexpr char kAccused[] =
      "{date: 2018-01-01, accusation: {charges: [{code_edition: kz_cc_2014, article: '256'}]}}";
  const RuleCase cases[] = {
      {"two months",
       {"{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.1",
       {"2018-06-07 EXACT UPCOMING"}},
      {"to a Saturday",
       {"{date: 2018-03-14, custody: {kind: remand}}"},
       "KZ.CPC.151.2",
       {"2018-06-14 EXACT UPCOMING"}},
      {"month end",
       {"{date: 2017-12-31, custody: {kind: remand}}"},
       "KZ.CPC.151.1",
       {"2018-02-28 EXACT PASSED"}},
      {"by the month",
       {"{date: 2017-11, custody: {kind: remand}}"},
       "KZ.CPC.151.1",
       {"2018-01-01 … 2018-01-30 WINDOW PASSED"}},
      {"twelve months need a class",
       {"{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {}},
      {"and a terrorist charge has one",
       {kAccused, "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {"2019-04-07 EXACT UPCOMING"}},
      {"not in the code of 1997",
       {"{date: 2018-01-01, accusation: {charges: [{code_edition: kz_cc_1997, article: '256'}]}}",
        "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {}},
      {"the latest accusation decides",
       {kAccused,
        "{date: 2018-04-10, accusation: {charges: [{code_edition: kz_cc_2014, article: '378'}]}}",
        "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {}},
      {"a corruption point needs its part",
       {"{date: 2018-01-01, accusation: {charges: [{code_edition: kz_cc_2014, article: '404'}]}}",
        "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {}},
      {"with the part it is certain",
       {"{date: 2018-01-01, accusation: {charges: [{code_edition: kz_cc_2014, article: '404', "
        "part: '2'}]}}",
        "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.4",
       {"2019-04-07 EXACT UPCOMING"}},
      {"another possible start",
       {"{date: 2018-04-05, taken_to_police: {}}",
        "{date: 2018-04-07, custody: {kind: remand, alternative_starts: [f1]}}"},
       "KZ.CPC.151.1",
       {"2018-06-05 EXACT UPCOMING", "2018-06-07 EXACT UPCOMING"}},
      {"released",
       {"{date: 2018-04-07, custody: {kind: remand}}", "{date: 2018-04-20, release: {}}"},
       "KZ.CPC.151.1",
       {"2018-06-07 EXACT WITHDRAWN"}},
      {"what passed before the release has passed",
       {"{date: 2018-01-07, custody: {kind: remand}}", "{date: 2018-04-20, release: {}}"},
       "KZ.CPC.151.1",
       {"2018-03-07 EXACT PASSED"}},
      {"a new custody after a release",
       {"{date: 2018-01-07, custody: {kind: remand}}", "{date: 2018-01-20, release: {}}",
        "{date: 2018-04-07, custody: {kind: remand}}"},
       "KZ.CPC.151.1",
       {"2018-03-07 EXACT WITHDRAWN", "2018-06-07 EXACT UPCOMING"}},
      {"investigation ended",
       {"{date: 2018-04-07, custody: {kind: remand}}",
        "{date: 2018-04-20, case_stage: {stage: STAGE_INVESTIGATION_ENDED}}"},
       "KZ.CPC.151.2",
       {"2018-07-07 EXACT WITHDRAWN"}},
      {"extradition custody has other limits",
       {"{date: 2018-04-07, custody: {kind: extradition, holding_state: UA, requesting_state: "
        "KZ}}"},
       "KZ.CPC.151.1",
       {}},
      {"forty days in Ukraine",
       {"{date: 2018-04-07, custody: {kind: extradition, holding_state: UA, requesting_state: "
        "KZ}}"},
       "UA.CPC.583",
       {"2018-05-17 EXACT UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(HeldRules, CustodyLimit_SaysTheLastLawfulDay) {
  TestCase one;
  one.Fact("{date: 2018-04-07, custody: {kind: remand}}");
  const auto limits = Of(one.Derive(), "KZ.CPC.151.1");
  ASSERT_EQ(limits.size(), 1u);
  EXPECT_EQ(limits[0].boundary(), v1::DEADLINE_BOUNDARY_BEFORE_DAY);
  EXPECT_THAT(Explained(limits[0]), testing::HasSubstr("Lawful until the end of 2018-06-06"));
}

TEST(HeldRules, Hospital_CountsFromPlacementElseFromTheOrder) {
  const RuleCase cases[] = {
      {"both known: both readings",
       {"{date: 2018-03-27, committal: {term: P1M, placed: 2018-03-31}}"},
       "KZ.CPC.279",
       {"2018-04-27 EXACT PASSED", "2018-04-30 EXACT UPCOMING"}},
      {"the same day: one",
       {"{date: 2018-03-31, committal: {term: P1M, placed: 2018-03-31}}"},
       "KZ.CPC.279",
       {"2018-04-30 EXACT UPCOMING"}},
      {"every six months, two ahead",
       {"{date: 2017-08-31, committal: {}}"},
       "KZ.CC.96.2.COMMISSION",
       {"2018-02-28 EXACT PASSED", "2018-08-31 EXACT UPCOMING", "2019-02-28 EXACT UPCOMING"}},
      {"a review meets the nearest and shifts nothing",
       {"{date: 2017-08-31, committal: {}}",
        "{date: 2018-03-10, medical_review: {by: BY_COMMISSION, stay_continues: true}}"},
       "KZ.CC.96.2.COMMISSION",
       {"2018-02-28 EXACT MET", "2018-08-31 EXACT UPCOMING", "2019-02-28 EXACT UPCOMING"}},
      {"the court: six months, then yearly",
       {"{date: 2017-08-31, committal: {}}"},
       "KZ.CC.96.2.COURT",
       {"2018-02-28 EXACT PASSED", "2019-02-28 EXACT UPCOMING", "2020-02-29 EXACT UPCOMING"}},
      {"a stay with a term has no reviews",
       {"{date: 2018-03-27, committal: {term: P1M}}"},
       "KZ.CC.96.2.COMMISSION",
       {}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

}  // namespace
}  // namespace vigil::registry
