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

// Where the grid of a duty's periods begins, where the days of its reports are not known.
Day GridStart(const Reading& reading, const civil::Span& date, bool by_month) {
  const Day start = date.closed()       ? *date.last + days(1)
                    : date.known_from() ? *date.known_from()
                                        : reading.as_of();
  return by_month ? FirstOfMonth(start) : start;
}

// A duty's reports. Of one whose beginning is known to less than a period each report has a window;
// of any other, one falls into each period.
struct Duty {
  civil::Term every;
  bool dated = false;
  Day first, last;

  civil::Term Times(int n) const { return {n * every.months, n * every.days, 0}; }
  Range At(int n) const {
    if (dated) return {civil::Add(first, Times(n)), civil::Add(last, Times(n))};
    return {civil::Add(first, Times(n)), civil::Add(first, Times(n + 1)) - days(1)};
  }
  Count CountOf(int n) const {
    const auto after = [&](Day day, int k) {
      return k == 0 ? civil::FormatDay(day)
                    : fmt::format("{} +{}", civil::FormatDay(day), civil::FormatTerm(Times(k)));
    };
    if (!dated) return {after(first, n), after(first, n + 1) + " -P1D"};
    return {after(first, n), first == last ? "" : after(last, n)};
  }
};

Duty ReadDuty(const Reading& reading, const CheckedFact& fact) {
  Duty out{.every = fact.term, .dated = false, .first = {}, .last = {}};
  out.dated = fact.date.closed() && civil::Add(*fact.date.first, out.every) > *fact.date.last;
  if (out.dated) {
    out.first = *fact.date.first;
    out.last = *fact.date.last;
  } else {
    out.first = GridStart(reading, fact.date, out.every.days == 0);
  }
  return out;
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
  const CheckedFact& fact = *counted.trigger;
  std::vector<Occurrence> out;
  if (fact.term.months == 0 && fact.term.days == 0) return out;
  const Duty duty = ReadDuty(reading, fact);
  // The n-th report keeps its name when the day becomes known; a period is none of those reports.
  const int64_t offset = duty.dated ? 0 : duty.first.time_since_epoch().count();
  int ahead = 0;
  for (int n = duty.dated ? 1 : 0; n < kMostOccurrences; ++n) {
    Occurrence one;
    one.range = duty.At(n);
    one.ordinal = offset + n;
    one.step = n + (duty.dated ? 0 : 1);
    one.count = duty.CountOf(n);
    if (!Within(reading, one.range, withdrawn_by, ahead)) break;
    one.steps.push_back(fmt::format("Duty to report since {}, every {}: {}{}.",
                                    civil::DescribeSpan(fact.date), civil::DescribeTerm(fact.term),
                                    one.range.first == one.range.last ? "on " : "some day of ",
                                    DescribeRange(one.range)));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace vigil::registry
