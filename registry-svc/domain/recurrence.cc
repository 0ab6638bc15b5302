// How far recurring dates reach, and the dates of duties that state their own period.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/occurrences.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

// How far ahead a recurring deadline reaches, and how many occurrences it has ahead at least.
constexpr int kHorizonDays = 400;
constexpr int kLeastAhead = 2;

Day FirstOfMonth(Day day) {
  const std::chrono::year_month_day ymd(day);
  return Day(ymd.year() / ymd.month() / 1);
}

// Where the grid of a duty's periods begins, when no day is known.
Day GridStart(const Reading& reading, const civil::Span& date, bool by_month) {
  const Day start = date.closed()       ? *date.last + days(1)
                    : date.known_from() ? *date.known_from()
                                        : reading.as_of();
  return by_month ? FirstOfMonth(start) : start;
}

}  // namespace

bool Within(const Reading& reading, const Range& range, const CheckedFact* withdrawn_by,
            int& ahead) {
  const auto gone = withdrawn_by != nullptr ? withdrawn_by->date.known_from() : std::nullopt;
  if (!reading.HasCome(range.first)) ++ahead;
  if (ahead <= (gone ? 0 : kLeastAhead)) return true;
  const Day seen_from = range.first - days(kHorizonDays);
  return (!gone || seen_from <= *gone) && reading.HasCome(seen_from);
}

std::vector<Occurrence> DutyOccurrences(const Reading& reading, const Counted& counted,
                                        const CheckedFact* withdrawn_by) {
  const CheckedFact& duty = *counted.trigger;
  const civil::Term& every = duty.term;
  std::vector<Occurrence> out;
  if (every.months == 0 && every.days == 0) return out;
  const bool by_day = duty.date.exact();
  const Day start = by_day ? *duty.date.first : GridStart(reading, duty.date, every.days == 0);
  const int64_t offset = duty.date.empty() ? start.time_since_epoch().count() : 0;
  const auto at = [&](int n) { return civil::Add(start, {n * every.months, n * every.days, 0}); };
  int ahead = 0;
  for (int n = by_day ? 1 : 0; n < kMostOccurrences; ++n) {
    Occurrence one;
    one.range = by_day ? Range{at(n), at(n)} : Range{at(n), at(n + 1) - days(1)};
    one.ordinal = offset + n;
    one.step = n + (by_day ? 0 : 1);
    const auto periods = [&](int k) {
      return k == 0 ? civil::FormatDay(start)
                    : fmt::format("{} +{}", civil::FormatDay(start),
                                  civil::FormatTerm({k * every.months, k * every.days, 0}));
    };
    one.count.first = periods(n);
    if (!by_day && one.range.first != one.range.last) one.count.last = periods(n + 1) + " -P1D";
    if (!Within(reading, one.range, withdrawn_by, ahead)) break;
    one.steps.push_back(fmt::format("Duty to report since {}, every {}: {}{}.",
                                    civil::DescribeSpan(duty.date), civil::DescribeTerm(every),
                                    by_day ? "on " : "some day of ", DescribeRange(one.range)));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace vigil::registry
