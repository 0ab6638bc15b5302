// When bans end, records are expunged and names may come off the list, where a sentence is
// suspended, a fine, or for a crime against life or health.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

constexpr char kSuspended[] =
    "{date: 2017-08-01, verdict: {penalty: imprisonment, term: P3Y, suspended_for: P2Y, bans: "
    "[{what: w, term: P5Y}]}}";
constexpr char kShortBan[] =
    "{date: 2017-08-01, verdict: {penalty: imprisonment, term: P3Y, suspended_for: P2Y, bans: "
    "[{what: w, term: P1Y}]}}";
constexpr char kUpheld[] = "{date: 2017-11-10, appeal_decision: {of: f1, result: upheld}}";

TEST(RecordRules, SuspendedSentence_IsServedWithItsProbationAndItsBan) {
  const RuleCase cases[] = {
      {"the ban runs from entry into force",
       {kSuspended},
       "KZ.CC.50.4.SUSPENDED",
       {"2022-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"and once only", {kSuspended}, "KZ.CC.50.4", {}},
      {"in force by a decision on appeal",
       {kSuspended, kUpheld},
       "KZ.CC.50.4.SUSPENDED",
       {"2022-11-10 EXACT UPCOMING"}},
      {"the record waits for the ban",
       {kSuspended},
       "KZ.CC.79.3.SUSPENDED",
       {"2022-08-17 NO_EARLIER_THAN UPCOMING"}},
      {"or for the probation, where the ban ends first",
       {kShortBan, kUpheld},
       "KZ.CC.79.3.SUSPENDED",
       {"2019-11-10 EXACT UPCOMING"}},
      {"no ban: the probation alone, and not the term that was suspended",
       {"{date: 2017-08-01, verdict: {penalty: imprisonment, term: P3Y, suspended_for: P2Y}}"},
       "KZ.CC.79.3.SUSPENDED",
       {"2019-08-17 NO_EARLIER_THAN UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

TEST(RecordRules, ListIsChecked_WhenTheRecordIsExpunged) {
  const RuleCase cases[] = {
      {"a grave crime against health: eight years, not six",
       {"{date: 2016-01-05, verdict: {penalty: imprisonment, term: P6Y, charges: [{code_edition: "
        "kz_cc_2014, article: '106', outcome: convicted, gravity: {value: grave}}]}}",
        "{date: ../2018-04-28, listing: {list: kz_terrorism_financing}}"},
       "KZ.AML.LIST.LIFE_HEALTH",
       {"2030-01-05 NO_LATER_THAN UPCOMING"}},
      {"a suspended sentence with a ban",
       {kSuspended, "{date: 2017-12, listing: {list: kz_terrorism_financing}}"},
       "KZ.AML.LIST.SUSPENDED",
       {"2022-08-17 NO_EARLIER_THAN UPCOMING"}},
  };
  for (const RuleCase& c : cases) CheckRule(c);
}

}  // namespace
}  // namespace vigil::registry
