// What a deadline says of its counting is what was counted: each sum in its explanation comes out,
// and the days that its count goes through are those it tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/unit/domain/altered_case.h"
#include "tests/unit/domain/case_builder.h"
#include "tests/unit/domain/recount.h"

namespace vigil::registry {
namespace {

using civil::Day;

constexpr uint64_t kCases = 500;
constexpr char kAsOf[] = "2030-06-01";

// "4 years and 8 months" as a term; nothing where it is none.
std::optional<civil::Term> TermOfWords(const std::string& words) {
  static const std::regex kPart(R"((\d+) (year|month|day|hour)s?)");
  civil::Term out;
  std::string left = words;
  for (std::smatch part; std::regex_search(left, part, kPart); left = part.suffix()) {
    const int number = std::stoi(part[1]);
    if (part[2] == "year") out.months += 12 * number;
    if (part[2] == "month") out.months += number;
    if (part[2] == "day") out.days += number;
    if (part[2] == "hour") out.hours += number;
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

// Sums that were checked, and those of days that were not credited.
struct Sums {
  int all = 0;
  int plain = 0;
};

// `A … B + term = C … D`: both ends come out, but for what credits take off.
void CheckSum(const std::string& step, Sums& sums) {
  static const std::regex kSum(
      R"((\d{4}-\d\d-\d\d)(?: … (\d{4}-\d\d-\d\d))? \+ ([^=,]+?)(, less the days credited)?(, the first day not counted)? = (?:[A-Z][a-z]+day )?(\d{4}-\d\d-\d\d)(?: … (\d{4}-\d\d-\d\d))?)");
  std::smatch sum;
  if (!std::regex_search(step, sum, kSum)) return;
  if (sum[3].str().find("working") != std::string::npos) return;
  const auto term = TermOfWords(sum[3]);
  ASSERT_TRUE(term.has_value()) << step;
  const Day first = *civil::ParseDay(sum[1].str());
  const Day last = sum[2].matched ? *civil::ParseDay(sum[2].str()) : first;
  const Day from = *civil::ParseDay(sum[6].str());
  const Day until = sum[7].matched ? *civil::ParseDay(sum[7].str()) : from;
  ++sums.all;
  if (sum[4].matched) {
    EXPECT_LE(from, civil::Add(first, *term)) << step;
    EXPECT_LE(until, civil::Add(last, *term)) << step;
  } else {
    ++sums.plain;
    EXPECT_EQ(from, civil::Add(first, *term)) << step;
    EXPECT_EQ(until, civil::Add(last, *term)) << step;
  }
}

// A term that the count adds stands in the explanation, in years or in months.
bool TellsTerm(const std::string& explained, const civil::Term& term) {
  if (term == civil::Term{0, 1, 0}) return explained.find("the day after") != std::string::npos;
  return explained.find(civil::DescribeTerm(term)) != std::string::npos ||
         explained.find(civil::DescribeInMonths(term)) != std::string::npos;
}

// The day is told, or lies in a window that is: with credits the ends of a window need not come
// from the ends of the one before.
bool TellsDay(const std::string& explained, const std::string& day) {
  static const std::regex kWindow(R"((\d{4}-\d\d-\d\d) … (\d{4}-\d\d-\d\d))");
  for (std::sregex_iterator at(explained.begin(), explained.end(), kWindow), end; at != end; ++at) {
    if ((*at)[1].str() <= day && day <= (*at)[2].str()) return true;
  }
  return explained.find(day) != std::string::npos;
}

// The days credited are those told in all, or between the fewest and the most.
bool TellsCredit(const std::string& explained, int credited) {
  static const std::regex kCredit(R"((?:(\d+) to )?(\d+) days in all are credited)");
  for (std::sregex_iterator at(explained.begin(), explained.end(), kCredit), end; at != end; ++at) {
    const int most = std::stoi((*at)[2]);
    const int fewest = (*at)[1].matched ? std::stoi((*at)[1]) : most;
    if (fewest <= credited && credited <= most) return true;
  }
  return false;
}

void CheckTold(const v1::Deadline& deadline) {
  const std::string explained = Explained(deadline);
  const Recounted again = Recount(deadline, Rules());
  for (const std::string& day : {again.earliest, again.latest}) {
    EXPECT_THAT(explained, testing::HasSubstr(day)) << deadline.rule() << " " << deadline.count();
  }
  for (const std::string& day : again.passed) {
    EXPECT_TRUE(TellsDay(explained, day)) << day << " of " << deadline.count() << "\n" << explained;
  }
  for (const int credited : again.credited) {
    EXPECT_TRUE(TellsCredit(explained, credited)) << credited << " of " << deadline.count() << "\n"
                                                  << explained;
  }
  // A duty tells its period, and the count the multiple of it.
  const bool duty = deadline.kind() == v1::DEADLINE_KIND_REPORTING_DUTY;
  for (const civil::Term& term : again.terms) {
    if (duty && !deadline.recurrence().empty()) break;
    EXPECT_TRUE(TellsTerm(explained, term))
        << civil::FormatTerm(term) << " of " << deadline.count() << "\n"
        << explained;
  }
}

void Check(const TestCase& one, std::string_view as_of, Sums& sums) {
  for (const v1::Deadline& deadline : one.Derive(as_of).deadlines) {
    for (const std::string& step : deadline.explanation()) CheckSum(step, sums);
    CheckTold(deadline);
  }
}

TEST(Explanation, EverySumComesOut_AndTheCountIsTold) {
  Sums sums;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    for (const Facts& facts :
         {one.facts, Blurred(one, seed), WithGaps(one, seed), Opened(one, seed)}) {
      TestCase made(one.record);
      for (const v1::Fact& fact : facts) made.Add(fact);
      Check(made, kAsOf, sums);
    }
  }
  EXPECT_GT(sums.plain, 10000);
  EXPECT_GT(sums.all, sums.plain + 1000);
}

TEST(Explanation, OfTheReportsCases_ComesOutToo) {
  Sums sums;
  for (const TestCase& one : ReportCases()) {
    SCOPED_TRACE(one.display_name());
    Check(one, "2018-04-28", sums);
    Check(one, "2026-01-01", sums);
  }
  EXPECT_GT(sums.plain, 100);
}

}  // namespace
}  // namespace vigil::registry
