#include "registry-svc/domain/occurrences.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/time/time.h"
#include "registry-svc/domain/gravity_amounts.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

civil::Term PlainTerm(const Counted& counted) {
  const rules::v1::Amount& amount = counted.rule->rule.amount();
  if (counted.held && !counted.rule->term_if_held.empty()) return counted.rule->term_if_held;
  if (amount.whole_term() && counted.sentence != nullptr) return counted.sentence->term;
  if (amount.stated_term()) {
    return counted.trigger->probation.empty() ? counted.trigger->term : counted.trigger->probation;
  }
  return counted.rule->term;
}

bool Credited(const Start& start) {
  return std::any_of(start.points.begin(), start.points.end(),
                     [](const Start::Point& point) { return point.credit != 0; });
}

// Both ends at the earliest on those of `least`.
void NotBefore(const Range& least, Occurrence& out) {
  if (out.count.last.empty() && least.first != least.last) out.count.last = out.count.first;
  const auto put_back = [](Day day, Day least_day, std::string& count) {
    count += " max/";
    civil::AppendDay(least_day, count);
    return std::max(day, least_day);
  };
  out.range.first = put_back(out.range.first, least.first, out.count.first);
  out.range.last = out.count.last.empty() ? out.range.first
                                          : put_back(out.range.last, least.last, out.count.last);
}

// What must really be served is not shortened by a coefficient, only by the custody itself.
void AtLeastServed(const CompiledRule& rule, const Start& start, Occurrence& out) {
  if (rule.at_least_served.empty()) return;
  Start really = start;
  for (Start::Point& point : really.points) point.credit = point.held;
  const Range least = After(really, rule.at_least_served);
  if (least.first <= out.range.first && least.last <= out.range.last) return;
  NotBefore(least, out);
  out.steps.push_back(fmt::format("At least {} must be served: {}.",
                                  civil::DescribeTerm(rule.at_least_served),
                                  DescribeRange(out.range)));
}

Day RollOne(const Reading& reading, std::string_view country, Day day, bool explain,
            Occurrence& out) {
  civil::Roll roll = reading.book().CalendarOf(country).RollForward(day);
  out.low |= !roll.known;
  if (explain) {
    for (std::string& step : roll.steps) out.steps.push_back(std::move(step));
  }
  return roll.day;
}

// "less", rolls, the day after.
void Finish(const Reading& reading, const Counted& counted, Occurrence& out) {
  const CompiledRule& rule = *counted.rule;
  const rules::v1::Counting& counting = rule.rule.counting();
  if (!rule.less.empty()) {
    out.range.first = civil::Subtract(out.range.first, rule.less);
    out.range.last = civil::Subtract(out.range.last, rule.less);
    out.count.Append("-" + civil::FormatTerm(rule.less));
    out.steps.push_back(
        fmt::format("{} before: {}.", civil::DescribeTerm(rule.less), DescribeRange(out.range)));
  }
  if (counting.roll()) {
    const bool one = out.range.first == out.range.last;
    out.range.first = RollOne(reading, counted.country, out.range.first, true, out);
    out.range.last =
        one ? out.range.first : RollOne(reading, counted.country, out.range.last, true, out);
    out.count.Append(fmt::format("roll/{}", counted.country));
  }
  if (counting.day_after()) {
    out.range.first += days(1);
    out.range.last += days(1);
    out.count.Append("+P1D");
    out.steps.push_back(fmt::format("The day after: {}.", DescribeRange(out.range)));
  }
  if (rule.rule.boundary() == v1::DEADLINE_BOUNDARY_BEFORE_DAY) {
    out.steps.push_back(fmt::format(
        "{}Lawful until the end of {}.",
        counting.first_day_counted() ? "The first day is counted and nothing is rolled. " : "",
        DescribeRange({out.range.first - days(1), out.range.last - days(1)})));
  }
}

Occurrence Base(const CompiledRule& rule, const Start& start) {
  Occurrence out;
  out.earlier = start.earlier;
  out.later = start.later;
  out.low = start.low;
  out.assumptions = start.assumptions;
  switch (rule.rule.bound()) {
    case v1::DEADLINE_PRECISION_NO_LATER_THAN:
      out.earlier = true;
      break;
    case v1::DEADLINE_PRECISION_NO_EARLIER_THAN:
      out.later = true;
      break;
    case v1::DEADLINE_PRECISION_ESTIMATE:
      out.earlier = out.later = true;
      break;
    default:
      break;
  }
  return out;
}

std::vector<Occurrence> EachBan(const Reading& reading, const Counted& counted,
                                const Start& start) {
  std::vector<Occurrence> out;
  const std::vector<civil::Term>& bans = counted.sentence->verdict->ban_terms;
  for (size_t i = 0; i < bans.size(); ++i) {
    if (bans[i].empty()) continue;
    Occurrence one = Base(*counted.rule, start);
    one.range = AddTerm(start, bans[i], false, one);
    one.ordinal = static_cast<int64_t>(i);
    one.step = bans.size() > 1 ? static_cast<int32_t>(i) + 1 : 0;
    Finish(reading, counted, one);
    out.push_back(std::move(one));
  }
  return out;
}

void WorkingDaysAfter(const Reading& reading, const Counted& counted, const Start& start,
                      Occurrence& out) {
  const civil::WorkingDays& calendar = reading.book().CalendarOf(counted.country);
  const int n = PlainTerm(counted).days;
  const Range window = After(start, {}, &out.count);
  out.range = {calendar.AddWorkingDays(window.first, n), calendar.AddWorkingDays(window.last, n)};
  out.low |= !calendar.KnowsYear(civil::YearOf(window.first));
  out.count.Append(fmt::format("+{}W/{}", n, counted.country));
  out.steps.push_back(fmt::format("{} + {} working days, the first day not counted = {}.",
                                  DescribeRange(window), n, DescribeRange(out.range)));
}

// A fraction of the days that were left of the term; false where they cannot be told.
bool RestAfter(const Reading& reading, const Counted& counted, const Start& start,
               Occurrence& out) {
  if (counted.sentence == nullptr) return false;
  Start flags;
  const auto rest = RestOfTerm(reading, *counted.sentence, flags);
  if (!rest) return false;
  const civil::Fraction& fraction = *counted.rule->rest_fraction;
  const civil::Term fewest{0, civil::ScaleUp(rest->first, fraction.numerator, fraction.denominator),
                           0};
  const civil::Term most{0, civil::ScaleUp(rest->second, fraction.numerator, fraction.denominator),
                         0};
  for (std::string& step : flags.steps) out.steps.push_back(std::move(step));
  out.earlier |= flags.earlier;
  out.later |= flags.later;
  out.assumptions |= flags.assumptions;
  Count early, late;
  const Range first = After(start, fewest, &early), last = After(start, most, &late);
  out.range = {first.first, last.last};
  out.count.first = early.first;
  if (out.range.first != out.range.last)
    out.count.last = late.last.empty() ? late.first : late.last;
  out.steps.push_back(fmt::format(
      "{}/{} of it, {}, from {}: {}.", fraction.numerator, fraction.denominator,
      fewest == most
          ? civil::DescribeTerm(most)
          : fmt::format("{} to {}", civil::DescribeTerm(fewest), civil::DescribeTerm(most)),
      DescribeRange(WindowOf(start)), DescribeRange(out.range)));
  return true;
}

// Limits in hours run from the minute, where it is known; else they are counted by the day.
void ToTheHour(const Reading& reading, const Start& start, const CompiledRule& rule,
               Occurrence& out) {
  if (start.facts.empty() || !start.facts.front()->minute || start.points.size() != 1) {
    out.steps.push_back("The minute is not known: counted by the day.");
    return;
  }
  const std::string_view name = reading.view().time_zone();
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(std::string(name), &zone)) return;
  const int minute = *start.facts.front()->minute;
  const std::chrono::year_month_day ymd(start.points.front().day);
  const absl::CivilMinute begun(int(ymd.year()), unsigned(ymd.month()), unsigned(ymd.day()),
                                minute / 60, minute % 60);
  const absl::Time end =
      absl::FromCivil(begun, zone) + absl::Hours(rule.term.hours + 24 * rule.term.days);
  const absl::CivilDay day = absl::ToCivilDay(end, zone);
  const Day last = civil::MakeDay(static_cast<int>(day.year()), day.month(), day.day());
  out.range = {last, last};
  out.time = absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", end, zone);
  out.count = {fmt::format("{}T{:02}:{:02} +{}", civil::FormatDay(start.points.front().day),
                           minute / 60, minute % 60, civil::FormatTerm(rule.term)),
               ""};
  out.steps.push_back(
      fmt::format("From the minute, {:02}:{:02}: {}.", minute / 60, minute % 60, out.time));
}

std::vector<Occurrence> Single(const Reading& reading, const Counted& counted, const Start& start,
                               bool* no_amount) {
  const CompiledRule& rule = *counted.rule;
  Occurrence one = Base(rule, start);
  if (rule.has_fraction() || rule.by_gravity) {
    if (!AddByGravity(counted, start, one)) {
      *no_amount = true;
      return {};
    }
  } else if (rule.rule.counting().working_days()) {
    WorkingDaysAfter(reading, counted, start, one);
  } else if (rule.rest_fraction) {
    if (!RestAfter(reading, counted, start, one)) return {};
  } else {
    one.range = AddTerm(start, PlainTerm(counted), false, one);
  }
  AtLeastServed(rule, start, one);
  if (counted.not_before &&
      (counted.not_before->first > one.range.first || counted.not_before->last > one.range.last)) {
    NotBefore(*counted.not_before, one);
    one.steps.push_back(
        fmt::format("Not before the person belongs to the group: {}.", DescribeRange(one.range)));
  }
  Finish(reading, counted, one);
  if (counted.rule->term.hours > 0) ToTheHour(reading, start, *counted.rule, one);
  std::vector<Occurrence> out;
  out.push_back(std::move(one));
  return out;
}

std::vector<Occurrence> Grid(const Reading& reading, const Counted& counted, const Start& start,
                             const CheckedFact* withdrawn_by) {
  const CompiledRule& rule = *counted.rule;
  std::vector<Occurrence> out;
  int ahead = 0;
  for (int n = 0; n < kMostOccurrences; ++n) {
    const civil::Term term{rule.first.months + n * rule.every.months,
                           rule.first.days + n * rule.every.days, 0};
    Occurrence one = Base(rule, start);
    one.range = AddTerm(start, term, true, one);
    one.ordinal = n + 1;
    one.step = n + 1;
    if (!Within(reading, one.range, withdrawn_by, ahead)) break;
    Finish(reading, counted, one);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Range AddTerm(const Start& start, const civil::Term& term, bool in_months, Occurrence& out) {
  const Range sum = After(start, term, &out.count);
  if (term.empty() && !Credited(start)) return sum;
  std::string line;
  line.reserve(96);
  AppendRange(WindowOf(start), line);
  line += " + ";
  line += in_months ? civil::DescribeInMonths(term) : civil::DescribeTerm(term);
  if (Credited(start)) line += ", less the days credited";
  line += " = ";
  AppendRange(sum, line);
  line += '.';
  out.steps.push_back(std::move(line));
  return sum;
}

std::vector<Occurrence> OccurrencesOf(const Reading& reading, const Counted& counted,
                                      const Start& start, const CheckedFact* withdrawn_by,
                                      bool* no_amount) {
  const CompiledRule& rule = *counted.rule;
  if (rule.rule.amount().each_ban()) {
    return counted.sentence == nullptr ? std::vector<Occurrence>()
                                       : EachBan(reading, counted, start);
  }
  if (rule.recurs()) return Grid(reading, counted, start, withdrawn_by);
  return Single(reading, counted, start, no_amount);
}

}  // namespace vigil::registry
