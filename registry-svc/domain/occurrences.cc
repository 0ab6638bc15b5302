#include "registry-svc/domain/occurrences.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

// How far ahead a recurring deadline reaches, and how many occurrences it has ahead at least.
constexpr int kHorizonDays = 400;
constexpr int kLeastAhead = 2;
// No duty in a life has more; a guard against terms of a day over centuries.
constexpr int kMostOccurrences = 5000;

// A term to add, and for which categories of gravity.
struct Piece {
  civil::Term term;
  GravitySet gravity = 0;
  std::string step;
};

// The pieces by gravity: each different term once.
std::vector<Piece> PiecesByGravity(const Counted& counted) {
  const CompiledRule& rule = *counted.rule;
  std::vector<Piece> out;
  for (int value = 1; value < v1::GravityValue_ARRAYSIZE; ++value) {
    const GravitySet bit = GravitySet(1u << value);
    if ((counted.crimes->gravity & bit) == 0) continue;
    Piece piece{{}, bit, ""};
    if (rule.has_fraction()) {
      const auto& fraction = rule.fraction[value];
      if (!fraction) continue;
      piece.term = civil::FractionOf(counted.sentence->term, *fraction);
      piece.step = fmt::format("{}/{} of {} = {}", fraction->numerator, fraction->denominator,
                               civil::DescribeTerm(counted.sentence->term),
                               civil::DescribeInMonths(piece.term));
    } else {
      if (!rule.gravity_term[value]) continue;
      piece.term = *rule.gravity_term[value];
      piece.step = civil::DescribeTerm(piece.term);
    }
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Piece& other) { return other.term == piece.term; });
    if (same != out.end()) {
      same->gravity |= bit;
    } else {
      out.push_back(std::move(piece));
    }
  }
  return out;
}

civil::Term PlainTerm(const Counted& counted) {
  const rules::v1::Amount& amount = counted.rule->rule.amount();
  if (counted.held && !counted.rule->term_if_held.empty()) return counted.rule->term_if_held;
  if (amount.whole_term() && counted.sentence != nullptr) return counted.sentence->term;
  if (amount.stated_term()) return counted.trigger->term;
  return counted.rule->term;
}

bool Credited(const Start& start) {
  return std::any_of(start.points.begin(), start.points.end(),
                     [](const Start::Point& point) { return point.credit != 0; });
}

// start + term, with its line.
Range AddTerm(const Start& start, const civil::Term& term, bool in_months, Occurrence& out) {
  const Range sum = After(start, term);
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

Range ByGravity(const Counted& counted, const Start& start, const std::vector<Piece>& pieces,
                Occurrence& out) {
  Range range{Day::max(), Day::min()};
  const ChargeReading& crimes = *counted.crimes;
  for (const Piece& piece : pieces) {
    out.steps.push_back(fmt::format("{}{}: {}.", crimes.gravity_assumed ? "Assumed to be " : "If ",
                                    DescribeGravity(piece.gravity), piece.step));
    const Range sum = AddTerm(start, piece.term, counted.rule->has_fraction(), out);
    range.first = std::min(range.first, sum.first);
    range.last = std::max(range.last, sum.last);
  }
  if (crimes.gravity_assumed) out.assumptions |= kGravityAssumed;
  if (pieces.size() > 1) {
    out.assumptions |= crimes.part_unknown ? kAssumePartUnknown : kGravityUnknown;
    out.steps.push_back("How grave the crime is, is not known: the window holds every case.");
  }
  return range;
}

void AtLeastServed(const CompiledRule& rule, const Start& start, Occurrence& out) {
  if (rule.at_least_served.empty()) return;
  // What must really be served is not shortened by a coefficient, only by the custody itself; its
  // first day is not after the start, so this bound is the latest it can be.
  Start plain = start;
  for (Start::Point& point : plain.points) point.credit = 0;
  const Range least = Credited(start) ? out.range : After(plain, rule.at_least_served);
  if (least.first <= out.range.first && least.last <= out.range.last) return;
  out.range.first = std::max(out.range.first, least.first);
  out.range.last = std::max(out.range.last, least.last);
  out.steps.push_back(fmt::format("At least {} must be served: {}.",
                                  civil::DescribeTerm(rule.at_least_served),
                                  DescribeRange(out.range)));
}

Day RollOne(const Reading& reading, Day day, bool explain, Occurrence& out) {
  civil::Roll roll = reading.book().CalendarOf(reading.view().country()).RollForward(day);
  out.low |= !roll.known;
  if (explain) {
    for (std::string& step : roll.steps) out.steps.push_back(std::move(step));
  }
  return roll.day;
}

// "less", rolls, the day after.
void Finish(const Reading& reading, const CompiledRule& rule, Occurrence& out) {
  const rules::v1::Counting& counting = rule.rule.counting();
  if (!rule.less.empty()) {
    out.range.first = civil::Subtract(out.range.first, rule.less);
    out.range.last = civil::Subtract(out.range.last, rule.less);
    out.steps.push_back(
        fmt::format("{} before: {}.", civil::DescribeTerm(rule.less), DescribeRange(out.range)));
  }
  if (counting.roll()) {
    const bool one = out.range.first == out.range.last;
    out.range.first = RollOne(reading, out.range.first, true, out);
    out.range.last = one ? out.range.first : RollOne(reading, out.range.last, true, out);
  }
  if (counting.day_after()) {
    out.range.first += days(1);
    out.range.last += days(1);
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
    Finish(reading, *counted.rule, one);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Occurrence> Single(const Reading& reading, const Counted& counted, const Start& start,
                               bool* no_amount) {
  const CompiledRule& rule = *counted.rule;
  Occurrence one = Base(rule, start);
  if (rule.has_fraction() || rule.by_gravity) {
    const std::vector<Piece> pieces = PiecesByGravity(counted);
    if (pieces.empty()) {
      *no_amount = true;
      return {};
    }
    one.range = ByGravity(counted, start, pieces, one);
  } else if (rule.rule.counting().working_days()) {
    const civil::WorkingDays& calendar = reading.book().CalendarOf(reading.view().country());
    const int n = PlainTerm(counted).days;
    const Range window = WindowOf(start);
    one.range = {calendar.AddWorkingDays(window.first, n), calendar.AddWorkingDays(window.last, n)};
    one.low |= !calendar.KnowsYear(civil::YearOf(window.first));
    one.steps.push_back(fmt::format("{} + {} working days, the first day not counted = {}.",
                                    DescribeRange(window), n, DescribeRange(one.range)));
  } else {
    one.range = AddTerm(start, PlainTerm(counted), false, one);
  }
  AtLeastServed(rule, start, one);
  Finish(reading, rule, one);
  std::vector<Occurrence> out;
  out.push_back(std::move(one));
  return out;
}

// Whether occurrence `range` is still to be listed; counts those ahead.
bool Within(const Reading& reading, const Range& range, const CheckedFact* withdrawn_by,
            int& ahead) {
  Day end = reading.as_of() + days(kHorizonDays);
  int least = kLeastAhead;
  if (withdrawn_by != nullptr) {
    if (const auto gone = withdrawn_by->date.known_from(); gone) {
      end = std::min(end, *gone + days(kHorizonDays));
      least = 0;
    }
  }
  if (range.first > reading.as_of()) ++ahead;
  return range.first <= end || ahead <= least;
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
    Finish(reading, rule, one);
    out.push_back(std::move(one));
  }
  return out;
}

Day FirstOfMonth(Day day) {
  const std::chrono::year_month_day ymd(day);
  return Day(ymd.year() / ymd.month() / 1);
}

// Where the grid of a duty's periods begins, when no day is known.
Day GridStart(const Reading& reading, const civil::Span& date, bool by_month) {
  Day start = reading.as_of();
  if (date.closed()) {
    start = *date.last + days(1);
  } else if (date.known_from()) {
    start = *date.known_from();
  }
  return by_month ? FirstOfMonth(start) : start;
}

}  // namespace

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
    if (!Within(reading, one.range, withdrawn_by, ahead)) break;
    one.steps.push_back(fmt::format("Duty to report since {}, every {}: {}{}.",
                                    civil::DescribeSpan(duty.date), civil::DescribeTerm(every),
                                    by_day ? "on " : "some day of ", DescribeRange(one.range)));
    out.push_back(std::move(one));
  }
  return out;
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
