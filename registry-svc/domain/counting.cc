#include "registry-svc/domain/counting.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

std::vector<Start::Point> PointsOf(const Range& range) {
  if (range.first == range.last) return {{range.first}};
  return {{range.first}, {range.last}};
}

// How a point is counted, spelled out.
void AppendHow(const Start::Point& point, std::string& out) {
  if (point.how.empty()) {
    civil::AppendDay(point.day, out);
  } else {
    out += point.how;
  }
}

// How an end of a window is counted: the point, the term, the days credited.
std::string HowAfter(const Start::Point& point, const civil::Term& term) {
  std::string out;
  out.reserve(48);
  AppendHow(point, out);
  if (!term.empty()) {
    out += " +";
    out += civil::FormatTerm(term);
  }
  if (point.credit != 0) fmt::format_to(std::back_inserter(out), " -{}", point.credit);
  return out;
}

// By how much a decision on appeal moves entry into force, against the plain count.
void TellShift(const Reading& reading, const CompiledProcedure& procedure,
               const CheckedFact& decision, const CheckedFact& appeal, Start& out) {
  if (!decision.date.exact() || !appeal.date.exact()) return;
  Start unused;
  const Day plain = PlainEntry(reading, procedure, *decision.date.first, unused, false).day;
  const int shift = civil::DaysBetween(plain, *appeal.date.first);
  if (shift == 0) return;
  out.steps.push_back(fmt::format(
      "Without the appeal it would have been in force on {}: it moves by {} days, and all that is "
      "counted from it moves too.",
      civil::FormatDay(plain), shift));
}

}  // namespace

void AppendRange(const Range& range, std::string& out) {
  civil::AppendDay(range.first, out);
  if (range.first == range.last) return;
  out += " … ";
  civil::AppendDay(range.last, out);
}

std::string DescribeRange(const Range& range) {
  std::string out;
  AppendRange(range, out);
  return out;
}

Range WindowOf(const Start& start) {
  Range out{start.points.front().day, start.points.front().day};
  for (const Start::Point& point : start.points) {
    out.first = std::min(out.first, point.day);
    out.last = std::max(out.last, point.day);
  }
  return out;
}

void Count::Append(std::string_view operation) {
  first += ' ';
  first += operation;
  if (last.empty()) return;
  last += ' ';
  last += operation;
}

Range After(const Start& start, const civil::Term& term, Count* count) {
  Range out{Day::max(), Day::min()};
  const Start::Point* first = nullptr;
  const Start::Point* last = nullptr;
  for (const Start::Point& point : start.points) {
    const Day day = civil::Add(point.day, term) - days(point.credit);
    if (day < out.first) {
      out.first = day;
      first = &point;
    }
    if (day > out.last) {
      out.last = day;
      last = &point;
    }
  }
  if (count != nullptr) {
    count->first = HowAfter(*first, term);
    count->last = first == last ? std::string() : HowAfter(*last, term);
  }
  return out;
}

void Inherit(const Start& from, Start& to) {
  to.earlier |= from.earlier;
  to.later |= from.later;
  to.low |= from.low;
  to.assumptions |= from.assumptions;
  for (const std::string& step : from.steps) {
    if (std::find(to.steps.begin(), to.steps.end(), step) == to.steps.end()) {
      to.steps.push_back(step);
    }
  }
  for (const CheckedFact* fact : from.facts) {
    if (std::find(to.facts.begin(), to.facts.end(), fact) == to.facts.end()) {
      to.facts.push_back(fact);
    }
  }
}

Start AtDate(const CheckedFact& fact, const civil::Span& date, std::string what) {
  Start out;
  out.facts.push_back(&fact);
  if (!date.closed()) return out;
  out.points = PointsOf({*date.first, *date.last});
  out.steps.push_back(std::move(what));
  return out;
}

const CheckedFact* AppealOf(const Reading& reading, const CheckedFact& decision) {
  const CheckedFact* found = nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() != v1::Fact::kAppealDecision) continue;
    const auto& appeal = fact->fact().appeal_decision();
    if (appeal.result() == v1::AppealDecision::RESULT_ANNULLED) continue;
    if (reading.Means(appeal.of(), *fact, decision)) found = fact;
  }
  return found;
}

std::optional<civil::Span> DecidedOnAppeal(const CheckedFact* appeal, const CheckedFact& decision) {
  if (appeal == nullptr || Precedes(*appeal, decision) ||
      appeal->fact().appeal_decision().result() == v1::AppealDecision::RESULT_NOT_APPEALED) {
    return std::nullopt;
  }
  civil::Span out = appeal->date;
  if (out.first && decision.date.first) out.first = std::max(*out.first, *decision.date.first);
  return out;
}

Start::Point PlainEntry(const Reading& reading, const CompiledProcedure& procedure, Day decided,
                        Start& out, bool explain) {
  Day last = civil::Add(decided, procedure.appeal_term);
  if (explain) {
    out.steps.push_back(
        fmt::format("{} + {}, the first day not counted = {} {} ({}).", civil::FormatDay(decided),
                    civil::DescribeTerm(procedure.appeal_term), civil::WeekdayName(last),
                    civil::FormatDay(last), procedure.procedure.citation()));
  }
  if (procedure.procedure.roll()) {
    civil::Roll roll = reading.book().CalendarOf(procedure.procedure.country()).RollForward(last);
    last = roll.day;
    out.low |= !roll.known;
    if (explain) {
      for (std::string& step : roll.steps) out.steps.push_back(std::move(step));
    }
  }
  if (explain) {
    out.steps.push_back(fmt::format("Not appealed by {}: in force on the day after, {}.",
                                    civil::FormatDay(last), civil::FormatDay(last + days(1))));
  }
  std::string how;
  how.reserve(40);
  civil::AppendDay(decided, how);
  how += procedure.plain_entry_count;
  return {last + days(1), 0, std::move(how)};
}

Start EntryIntoForce(const Reading& reading, const CheckedFact& decision) {
  Start out;
  out.facts.push_back(&decision);
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr) return out;
  const CheckedFact* appeal = AppealOf(reading, decision);
  const bool not_appealed = appeal != nullptr && appeal->fact().appeal_decision().result() ==
                                                     v1::AppealDecision::RESULT_NOT_APPEALED;
  if (const auto decided = DecidedOnAppeal(appeal, decision)) {
    if (!decided->closed()) return out;
    out.points = PointsOf({*decided->first, *decided->last});
    out.facts.push_back(appeal);
    out.steps.push_back(
        decided->first == appeal->date.first
            ? fmt::format("Decided on appeal on {}: in force that day.",
                          civil::DescribeSpan(appeal->date))
            : fmt::format(
                  "Decided on appeal on {}, and not before the decision itself: in force on "
                  "{}.",
                  civil::DescribeSpan(appeal->date),
                  DescribeRange({*decided->first, *decided->last})));
    TellShift(reading, *procedure, decision, *appeal, out);
    return out;
  }
  if (!decision.date.closed()) return out;
  out.steps.push_back(fmt::format("Decision of {}.", civil::DescribeSpan(decision.date)));
  out.points.push_back(PlainEntry(reading, *procedure, *decision.date.first, out, true));
  if (!decision.date.exact()) {
    out.points.push_back(PlainEntry(reading, *procedure, *decision.date.last, out, true));
  }
  if (appeal != nullptr) out.facts.push_back(appeal);
  if (appeal != nullptr && !not_appealed) {
    out.later = true;
    out.assumptions |= kNoAppeal;
    out.steps.push_back(fmt::format(
        "The decision on appeal is dated {}, before the decision itself, so that day is not used; "
        "the true one puts it back.",
        civil::DescribeSpan(appeal->date)));
  } else if (appeal == nullptr) {
    out.later = true;
    out.assumptions |= kNoAppeal;
    out.steps.push_back("Whether it was appealed is not known; an appeal puts it back.");
  }
  return out;
}

}  // namespace vigil::registry
