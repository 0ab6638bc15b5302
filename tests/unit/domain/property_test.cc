// What holds for every case, on cases made from seeds. A failure prints its seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry-svc/domain/reading.h"
#include "tests/unit/domain/compared.h"
#include "tests/unit/domain/recount.h"

namespace vigil::registry {
namespace {

constexpr uint64_t kCases = 1500;
// How many ways of filling in what is imprecise or missing are tried for each case.
constexpr uint64_t kRounds = 4;

TEST(Property, UnrelatedFact_MovesNoDate) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Marked(seed);
    Facts more = one.facts;
    more.insert(more.begin() + static_cast<long>(seed % (more.size() + 1)), Unrelated(seed));
    const Derivation before = DeriveFacts(one.record, one.facts);
    const Derivation after = DeriveFacts(one.record, more);
    const auto old_dates = ByName(before), new_dates = ByName(after);
    ASSERT_EQ(old_dates.size(), new_dates.size()) << Describe(one.record, more);
    for (const auto& [name, deadline] : old_dates) {
      ASSERT_TRUE(new_dates.contains(name)) << deadline->rule();
      ASSERT_EQ(deadline->SerializeAsString(), new_dates.at(name)->SerializeAsString())
          << Told(*deadline) << Told(*new_dates.at(name));
    }
  }
}

// Such a deadline is no window: it says the first day on which it can be, and that it may be later.
bool IsFirstDayAlone(const v1::Deadline& deadline) { return deadline.rule() == "KZ.CC.74.ASK@1"; }

bool IsOrderUnknown(const v1::Deadline& deadline) {
  return std::find(deadline.assumptions().begin(), deadline.assumptions().end(), "ORDER_UNKNOWN") !=
         deadline.assumptions().end();
}

TEST(Property, Window_HoldsTheDateOfEveryCompletion) {
  int compared = 0, unordered = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Marked(seed);
    const Facts blurred = Blurred(one, seed);
    const Derivation window = DeriveFacts(one.record, blurred);
    const auto windows = ByName(window);
    for (uint64_t round = 0; round < kRounds; ++round) {
      const Facts completed = Completed(one, blurred, seed * kRounds + round);
      const Derivation exact = DeriveFacts(one.record, completed);
      const auto exact_dates = ByName(exact);
      const std::string both =
          Describe(one.record, completed) + "blurred:\n" + Describe(one.record, blurred);
      ASSERT_THAT(Vanished(windows, exact_dates), testing::IsEmpty()) << both;
      ASSERT_THAT(Vanished(exact_dates, windows), testing::IsEmpty()) << both;
      for (const auto& [name, deadline] : windows) {
        const auto known = exact_dates.find(name);
        if (known == exact_dates.end()) continue;
        // It says itself that it can be otherwise.
        if (IsOrderUnknown(*deadline) || IsFirstDayAlone(*deadline)) {
          ++unordered;
          ExpectBound(*deadline, *known->second);
          ASSERT_FALSE(HasFailure()) << both;
          continue;
        }
        ++compared;
        ASSERT_LE(deadline->earliest(), known->second->earliest())
            << Told(*deadline) << Told(*known->second) << both;
        ASSERT_GE(deadline->latest(), known->second->latest())
            << Told(*deadline) << Told(*known->second) << both;
      }
    }
  }
  EXPECT_GT(compared, 10000);
  EXPECT_GT(unordered, 100);
}

TEST(Property, Bounds_HoldForEveryCompletionOfWhatIsMissing) {
  std::map<v1::DeadlinePrecision, int> seen;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Marked(seed);
    const Facts gaps = WithGaps(one, seed);
    const Derivation bounded = DeriveFacts(one.record, gaps);
    const auto bounds = ByName(bounded);
    for (uint64_t round = 0; round < kRounds; ++round) {
      // What happened, and then what could have.
      const Facts whole = round == 0 ? one.facts : Refilled(one, gaps, seed * kRounds + round);
      const Derivation known = DeriveFacts(one.record, whole);
      const auto known_dates = ByName(known);
      // What hangs on a fact that is missing is missing too; nothing else is.
      EXPECT_THAT(Vanished(bounds, known_dates), testing::IsEmpty());
      for (const auto& [name, deadline] : bounds) {
        const auto found = known_dates.find(name);
        if (found == known_dates.end()) continue;
        ++seen[deadline->precision()];
        ExpectBound(*deadline, *found->second);
      }
      if (testing::Test::HasFailure()) {
        FAIL() << Describe(one.record, whole) << "without:\n" << Describe(one.record, gaps);
      }
    }
  }
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_NO_LATER_THAN], 300);
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_NO_EARLIER_THAN], 300);
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_EXACT], 300);
}

TEST(Property, OpenDates_LeaveBoundsThatHold) {
  std::map<v1::DeadlinePrecision, int> seen;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Marked(seed);
    const Facts opened = Opened(one, seed);
    const Derivation bounded = DeriveFacts(one.record, opened);
    const auto bounds = ByName(bounded);
    for (uint64_t round = 0; round < kRounds; ++round) {
      const Facts closed = Closed(one, opened, seed * kRounds + round);
      const Derivation known = DeriveFacts(one.record, closed);
      const auto known_dates = ByName(known);
      // What is counted from an open date is missing; nothing is there that should not be.
      EXPECT_THAT(Vanished(bounds, known_dates), testing::IsEmpty());
      for (const auto& [name, deadline] : bounds) {
        const auto found = known_dates.find(name);
        if (found == known_dates.end()) continue;
        ++seen[deadline->precision()];
        ExpectBound(*deadline, *found->second);
      }
      if (testing::Test::HasFailure()) {
        FAIL() << Describe(one.record, closed) << "open:\n" << Describe(one.record, opened);
      }
    }
  }
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_NO_LATER_THAN], 300);
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_NO_EARLIER_THAN], 300);
  EXPECT_GT(seen[v1::DEADLINE_PRECISION_EXACT], 300);
}

// Whatever took the place of what: somebody who serves a sentence is told its end.
TEST(Property, SentenceThatIsServed_HasAnEnd) {
  int replaced_again = 0;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    TestCase made(one.record);
    for (const v1::Fact& fact : one.facts) made.Add(fact);
    const CaseView view = made.View();
    const Reading reading(view, Rules().compiled(), *civil::ParseDay(kAfterAll));
    const Sentence* sentence = reading.Current();
    if (sentence == nullptr || sentence->absent) continue;
    replaced_again += sentence->evasion != nullptr && sentence->replacement != nullptr;
    const auto ends = Of(made.Derive(kAfterAll), v1::DEADLINE_KIND_SENTENCE_END);
    EXPECT_TRUE(std::any_of(ends.begin(), ends.end(), [](const v1::Deadline& end) {
      return end.state() != v1::DEADLINE_STATE_WITHDRAWN;
    })) << Describe(one.record, one.facts);
  }
  EXPECT_GT(replaced_again, 20);
}

// The days on which a duty of the case is to be reported.
std::vector<v1::Deadline> ReportsOf(const std::string& date, const std::string& every) {
  TestCase one;
  v1::Fact duty;
  duty.set_date(date);
  duty.mutable_reporting_duty()->set_every(every);
  return Of(one.Add(duty).Derive("2019-06-01"), "FACT.DUTY");
}

// Where less is known than a period, each period has one report, whichever day it began on.
TEST(Property, DutyOfAnUnknownBeginning_HasOneReportInEachPeriod) {
  for (const char* date : {"2016", "2016-03/2016-07", "2016-07-09/..", "../2016-07-09"}) {
    for (const char* every : {"P1M", "P2W", "P10D", "P3M"}) {
      const auto periods = ReportsOf(date, every);
      ASSERT_GT(periods.size(), 5u);
      for (const char* begun : {"2016-01-01", "2016-02-29", "2016-03-31", "2016-07-09"}) {
        const auto reports = ReportsOf(begun, every);
        for (const v1::Deadline& period : periods) {
          if (period.earliest() <= "2016-10-31" || period.latest() >= "2019-06-01") continue;
          const auto in_it =
              std::count_if(reports.begin(), reports.end(), [&](const v1::Deadline& report) {
                return period.earliest() <= report.earliest() && report.latest() <= period.latest();
              });
          EXPECT_EQ(in_it, 1) << date << " every " << every << ", from " << begun << ": "
                              << Brief(period);
        }
      }
    }
  }
}

// The days that the facts of a deadline give.
bool IsDayOfItsFacts(const TestCase& one, const v1::Deadline& deadline, const std::string& day) {
  const auto wanted = civil::ParseDay(day);
  for (const CheckedFact* fact : one.View().facts) {
    if (std::find(deadline.facts().begin(), deadline.facts().end(), fact->fact().name()) ==
        deadline.facts().end()) {
      continue;
    }
    for (const civil::Span* span : {&fact->date, &fact->other_date}) {
      const bool after = !span->first || *span->first <= *wanted;
      const bool before = !span->last || *span->last >= *wanted;
      if (!span->empty() && after && before) return true;
    }
  }
  // The periods of a duty whose beginning is not known to the day run from the first of a month.
  return deadline.kind() == v1::DEADLINE_KIND_REPORTING_DUTY && !deadline.recurrence().empty();
}

void ExpectRecounts(const TestCase& one, const Derivation& derived) {
  for (const v1::Deadline& deadline : derived.deadlines) {
    const Recounted again = Recount(deadline, Rules());
    EXPECT_EQ(again.earliest, deadline.earliest()) << Told(deadline) << deadline.count();
    EXPECT_EQ(again.latest, deadline.latest()) << Told(deadline) << deadline.count();
    EXPECT_TRUE(IsDayOfItsFacts(one, deadline, again.first_input))
        << Told(deadline) << deadline.count();
    EXPECT_TRUE(IsDayOfItsFacts(one, deadline, again.last_input))
        << Told(deadline) << deadline.count();
  }
}

TEST(Property, Count_RecomputesTheSameDates) {
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Marked(seed);
    for (const Facts& facts :
         {one.facts, Blurred(one, seed), WithGaps(one, seed), Opened(one, seed)}) {
      TestCase made(one.record);
      for (const v1::Fact& fact : facts) made.Add(fact);
      ExpectRecounts(made, made.Derive(kAfterAll));
    }
  }
  for (const TestCase& report : ReportCases()) {
    SCOPED_TRACE(report.display_name());
    ExpectRecounts(report, report.Derive());
    ExpectRecounts(report, report.Derive("2026-01-01"));
  }
}

}  // namespace
}  // namespace vigil::registry
