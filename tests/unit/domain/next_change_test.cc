// Until the next change that a derivation names, the same follows on each day.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/domain/altered_case.h"
#include "tests/unit/domain/case_builder.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

constexpr uint64_t kCases = 60;
constexpr int kDays = 250;

// All that follows on a day, and until when it does.
struct Said {
  std::string all;
  Day next;
};

Said SaidOn(const TestCase& one, Day day) {
  const std::string as_of = civil::FormatDay(day);
  const Derivation derived = one.Derive(as_of);
  Said out{.all = {}, .next = derived.next_change};
  for (const v1::Deadline& deadline : derived.deadlines) out.all += deadline.SerializeAsString();
  for (const v1::Finding& finding : derived.findings) out.all += finding.SerializeAsString();
  if (!one.is_case()) return out;
  const SituationReading situation = one.Situation(as_of);
  out.next = std::min(out.next, situation.next_change);
  out.all += v1::Situation_Name(situation.situation) + situation.since;
  for (const std::string& flag : situation.flags) out.all += flag;
  return out;
}

struct Days {
  // On which something else may follow, and on which it does.
  int named = 0, changed = 0;
};

// Looks at so many days; fails where something else follows on a day that was not named.
void Look(const TestCase& one, Day first, Days& seen) {
  Said said = SaidOn(one, first);
  for (Day day = first + days(1); day < first + days(kDays); day += days(1)) {
    Said now = SaidOn(one, day);
    const bool same = now.all == said.all;
    if (day < said.next) {
      ASSERT_TRUE(same) << one.name() << " on " << civil::FormatDay(day);
      continue;
    }
    said = std::move(now);
    ++seen.named;
    seen.changed += same ? 0 : 1;
  }
}

void Look(const v1::Case& record, const std::vector<v1::Fact>& facts, Day first, Days& seen) {
  TestCase one(record);
  for (const v1::Fact& fact : facts) one.Add(fact);
  Look(one, first, seen);
}

// Recorded a while after it happened, as is a correction of the case itself.
void Record(GeneratedCase& one, Day day) {
  const auto seconds = [](Day at) { return int64_t{at.time_since_epoch().count()} * 86'400; };
  one.record.mutable_create_time()->set_seconds(seconds(day));
  one.record.mutable_update_time()->set_seconds(seconds(day + days(kDays / 2)));
  for (v1::Fact& fact : one.facts) {
    const Day recorded = std::max(*civil::ParseDay(fact.date()), day) + days(9);
    fact.mutable_create_time()->set_seconds(seconds(recorded));
  }
}

TEST(NextChange, GeneratedCases_StayTheSameUntilThen) {
  Days seen;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    GeneratedCase one = Generate(seed);
    const Day first = *civil::ParseDay(one.facts.front().date()) + days(seed * 37 % 3000);
    if (seed % 2 == 0) Record(one, first + days(seed));
    Look(one.record, one.facts, first, seen);
    Look(one.record, Blurred(one, seed), first, seen);
    Look(one.record, WithGaps(one, seed), first, seen);
  }
  // Those that are named in vain are few.
  EXPECT_GT(seen.changed, static_cast<int>(3 * kCases));
  EXPECT_LT(seen.named, seen.changed + seen.changed / 4);
}

TEST(NextChange, CasesOfTheReport_StayTheSameUntilThen) {
  Days seen;
  for (const TestCase& one : ReportCases()) {
    Look(one, civil::MakeDay(2017, 1, 1), seen);
    Look(one, civil::MakeDay(2018, 4, 28), seen);
  }
  EXPECT_GT(seen.changed, 0);
}

struct Counted {
  const char* what;
  std::vector<const char*> facts;
  std::string_view kind;
  // The last day without the finding.
  const char* quiet;
};

// The days told of a finding: in its text, or as how far it could move a date.
int DaysTold(const v1::Finding& finding) {
  const size_t at = finding.text().find("silent for ");
  return at == std::string::npos
             ? finding.max_shift_days()
             : std::stoi(finding.text().substr(at + std::string_view("silent for ").size()));
}

// A finding that counts days is another one each day: it waits for every midnight, and for none
// before it begins.
TEST(NextChange, FindingThatCountsDays_CountsEachOfThem) {
  const Counted rows[] = {
      {"a follow-up that the State owes",
       {"{date: 2017-10-01, body_decision: {body: un_working_group_on_arbitrary_detention, "
        "transmitted: 2017-10-02}}"},
       kStateSilent,
       "2018-04-02"},
      {"a reply to us that the State owes",
       {"{date: 2018-03-01, intervention: {what: w, to: x, reply_due: 2018-04-02}}"},
       kStateSilent,
       "2018-04-02"},
      {"a sentence that should have ended",
       {"{date: 2017-04-01, verdict: {penalty: imprisonment, term: P1Y}}"},
       kEndedUnconfirmed,
       "2018-04-01"},
      {"a ban that should have ended",
       {"{date: 2016-04-01, verdict: {penalty: restriction_of_liberty, term: P6M, bans: [{what: "
        "x, term: P1Y}]}}",
        "{date: 2016-10-20, release: {ground: ground_served}}",
        "{date: 2016-04-20, appeal_decision: {of: f1, result: upheld}}"},
       kEndedUnconfirmed,
       "2017-04-20"},
      {"a stay in a hospital that should have ended",
       {"{date: 2018-02-27, committal: {term: P1M}}"},
       kEndedUnconfirmed,
       "2018-03-27"},
  };
  for (const Counted& row : rows) {
    TestCase one;
    for (const char* fact : row.facts) one.Fact(fact);
    EXPECT_TRUE(FindingsOf(one.Derive(row.quiet), row.kind).empty()) << row.what;
    const Day quiet = *civil::ParseDay(row.quiet);
    for (int n = 1; n <= 40; ++n) {
      const Day day = quiet + days(n);
      const Derivation derived = one.Derive(civil::FormatDay(day));
      const auto found = FindingsOf(derived, row.kind);
      ASSERT_EQ(found.size(), 1u) << row.what << " on " << civil::FormatDay(day);
      EXPECT_EQ(DaysTold(found[0]), n) << row.what;
      EXPECT_EQ(derived.next_change, day + days(1)) << row.what;
    }
  }
}

TEST(NextChange, AnsweredOrConfirmed_WaitsForNoMidnight) {
  TestCase answered;
  answered.Fact(
      "{date: 2017-10-01, body_decision: {body: un_working_group_on_arbitrary_detention, "
      "transmitted: 2017-10-02}}");
  answered.Fact("{date: 2018-04-20, state_reply: {to: f1, what: w}}");
  EXPECT_GT(answered.Derive().next_change, *civil::ParseDay("2018-04-29"));
  TestCase served;
  served.Fact("{date: 2017-04-01, verdict: {penalty: imprisonment, term: P1Y}}");
  served.Fact("{date: 2018-04-01, release: {from: from_prison, ground: ground_served}}");
  EXPECT_GT(served.Derive().next_change, *civil::ParseDay("2018-04-29"));
}

}  // namespace
}  // namespace vigil::registry
