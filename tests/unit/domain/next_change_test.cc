// Until the next change that a derivation names, the same follows on each day.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/domain/case_builder.h"
#include "tests/unit/domain/generated_case.h"

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

}  // namespace
}  // namespace vigil::registry
