#include "registry-svc/domain/counting.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/credit.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

std::vector<Start::Point> PointsOf(const Range& range) {
  if (range.first == range.last) return {{range.first}};
  return {{range.first}, {range.last}};
}

std::string_view PenaltyName(v1::Penalty penalty) {
  switch (penalty) {
    case v1::PENALTY_IMPRISONMENT:
      return "imprisonment";
    case v1::PENALTY_RESTRICTION_OF_LIBERTY:
      return "restriction of liberty";
    case v1::PENALTY_LIFE:
      return "imprisonment for life";
    case v1::PENALTY_FINE:
      return "a fine";
    case v1::PENALTY_NONE:
      return "acquitted";
    default:
      return "a penalty that is not stated";
  }
}

std::string VerdictLine(const Sentence& sentence) {
  return fmt::format("Verdict of {}: {}{}.", civil::DescribeSpan(sentence.verdict->date),
                     PenaltyName(sentence.penalty),
                     sentence.term.empty() ? "" : ", " + civil::DescribeTerm(sentence.term));
}

// The day after the term of appeal, for a decision of exactly this day.
Day PlainEntry(const Reading& reading, const CompiledProcedure& procedure, Day decided, Start& out,
               bool explain) {
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
  return last + days(1);
}

// The appeal decision on a decision, UPHELD, CHANGED or NOT_APPEALED; null where there is none.
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

Start FromVerdictDay(const Sentence& sentence) {
  Start out = AtDate(*sentence.verdict, sentence.verdict->date, VerdictLine(sentence));
  out.earlier = true;
  out.assumptions |= kCustodyFromVerdict;
  out.steps.push_back(
      "When custody began is not known: counted from the day of the verdict. Custody before it is "
      "credited and can only bring the date forward.");
  return out;
}

// A total of several verdicts may run from each of them.
std::vector<Start> TotalStarts(const Reading& reading, const Sentence& sentence) {
  std::vector<Start> out;
  std::vector<const CheckedFact*> anchors;
  for (const std::string& ref : sentence.what().total_with()) {
    const CheckedFact* other = reading.Find(ref, *sentence.verdict);
    if (other != nullptr) anchors.push_back(other);
  }
  anchors.push_back(sentence.verdict);
  for (const CheckedFact* anchor : anchors) {
    Start start = AtDate(*anchor, anchor->date, VerdictLine(sentence));
    if (start.points.empty()) continue;
    start.key = anchor == sentence.verdict ? "" : std::string(IdOf(anchor->line));
    if (anchor != sentence.verdict) start.facts.push_back(sentence.verdict);
    start.earlier = true;
    start.assumptions |= kCustodyFromVerdict;
    start.steps.push_back(fmt::format(
        "The term is a total with an earlier verdict; if counted from the verdict of {}. When "
        "custody began is not known and can only bring the date forward.",
        civil::DescribeSpan(anchor->date)));
    out.push_back(std::move(start));
  }
  return out;
}

// From entry into force, less what is credited.
Start CreditedStart(const Reading& reading, const Sentence& sentence, const Custody& custody) {
  Start out = EntryIntoForce(reading, *sentence.verdict);
  if (out.points.empty()) return out;
  out.steps.insert(out.steps.begin(), VerdictLine(sentence));
  std::vector<Start::Point> points;
  bool explained = false;
  for (const Start::Point& point : out.points) {
    const CreditedDays credit = CreditFor(reading, sentence, custody, point.day);
    points.push_back({point.day, credit.most});
    if (credit.fewest != credit.most) points.push_back({point.day, credit.fewest});
    if (explained) continue;
    explained = true;
    for (const std::string& step : credit.steps) out.steps.push_back(step);
    if (credit.most > 0) {
      out.steps.push_back(
          credit.fewest == credit.most
              ? fmt::format("{} days in all are credited.", credit.most)
              : fmt::format("{} to {} days in all are credited.", credit.fewest, credit.most));
    }
  }
  out.points = std::move(points);
  for (const Custody::Stay& stay : custody.stays) out.facts.push_back(stay.fact);
  if (sentence.prison() && custody.known && sentence.what().regime() == v1::REGIME_UNSPECIFIED) {
    out.earlier = true;
    out.assumptions |= kCreditUnknown;
    out.steps.push_back(
        "The regime is not known: one day is credited for a day, the least there is.");
  }
  if (custody.gaps || sentence.follows_prison) {
    out.earlier = true;
    out.assumptions |= kCreditUnknown;
    out.steps.push_back(sentence.follows_prison
                            ? "Time served under the verdict that this one replaced is not known; "
                              "its credit would bring the date forward."
                            : "Custody without known dates is not credited; it would bring the "
                              "date forward.");
  }
  return out;
}

Start LaterOf(const Start& a, const Start& b) {
  const Range x = WindowOf(a), y = WindowOf(b);
  Start out;
  out.key = a.key;
  const Range later{std::max(x.first, y.first), std::max(x.last, y.last)};
  out.points = PointsOf(later);
  Inherit(a, out);
  Inherit(b, out);
  // What would bring the earlier of the two forward moves nothing: the later one decides.
  const bool b_decides = y.first >= x.last, a_decides = x.first >= y.last;
  if (!a_decides && !b_decides) return out;
  out.earlier = (b.earlier || !b_decides) && (a.earlier || !a_decides);
  if (!out.earlier) out.assumptions &= ~kCreditUnknown;
  return out;
}

// A start at the day something counted from `start` ends.
Start EndAfter(const Start& start, const civil::Term& term, std::string_view what) {
  Start out;
  const Range window = After(start, term);
  out.points = PointsOf(window);
  out.key = start.key;
  Inherit(start, out);
  const bool credited = std::any_of(start.points.begin(), start.points.end(),
                                    [](const Start::Point& p) { return p.credit != 0; });
  out.steps.push_back(fmt::format(
      "{}: {} + {}{} = {}.", what, DescribeRange(WindowOf(start)), civil::DescribeTerm(term),
      credited ? ", less the days credited" : "", DescribeRange(window)));
  return out;
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

Range After(const Start& start, const civil::Term& term) {
  Range out{Day::max(), Day::min()};
  for (const Start::Point& point : start.points) {
    const Day day = civil::Add(point.day, term) - days(point.credit);
    out.first = std::min(out.first, day);
    out.last = std::max(out.last, day);
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

Start EntryIntoForce(const Reading& reading, const CheckedFact& decision) {
  Start out;
  out.facts.push_back(&decision);
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr) return out;
  const CheckedFact* appeal = AppealOf(reading, decision);
  const bool not_appealed = appeal != nullptr && appeal->fact().appeal_decision().result() ==
                                                     v1::AppealDecision::RESULT_NOT_APPEALED;
  if (appeal != nullptr && !not_appealed) {
    if (!appeal->date.closed()) return out;
    out.points = PointsOf({*appeal->date.first, *appeal->date.last});
    out.facts.push_back(appeal);
    out.steps.push_back(fmt::format("Decided on appeal on {}: in force that day.",
                                    civil::DescribeSpan(appeal->date)));
    return out;
  }
  if (!decision.date.closed()) return out;
  out.steps.push_back(fmt::format("Decision of {}.", civil::DescribeSpan(decision.date)));
  const Day first = PlainEntry(reading, *procedure, *decision.date.first, out, true);
  out.points.push_back({first});
  if (!decision.date.exact()) {
    out.points.push_back({PlainEntry(reading, *procedure, *decision.date.last, out, true)});
  }
  if (not_appealed) {
    out.facts.push_back(appeal);
  } else {
    out.later = true;
    out.assumptions |= kNoAppeal;
    out.steps.push_back("Whether it was appealed is not known; an appeal puts it back.");
  }
  return out;
}

std::vector<Start> TermStarts(const Reading& reading, const Sentence& sentence) {
  if (sentence.absorbed_by != nullptr || sentence.term.empty()) return {};
  if (sentence.prison() && !sentence.what().total_with().empty()) {
    return TotalStarts(reading, sentence);
  }
  const Custody custody = CustodyBefore(reading, sentence);
  if (sentence.prison() && !custody.known) {
    Start start = FromVerdictDay(sentence);
    if (start.points.empty()) return {};
    return {std::move(start)};
  }
  Start start = CreditedStart(reading, sentence, custody);
  if (start.points.empty()) return {};
  return {std::move(start)};
}

std::vector<Start> SentenceEnds(const Reading& reading, const Sentence& sentence) {
  std::vector<Start> out;
  for (const Start& start : TermStarts(reading, sentence)) {
    out.push_back(EndAfter(start, sentence.term, "The main penalty ends"));
  }
  return out;
}

Start ReleaseStart(const Reading& reading, const Sentence& sentence) {
  if (sentence.release != nullptr && sentence.release->date.closed()) {
    return AtDate(*sentence.release, sentence.release->date,
                  fmt::format("Released on {}.", civil::DescribeSpan(sentence.release->date)));
  }
  const CheckedFact* order = sentence.parole != nullptr ? sentence.parole : sentence.replacement;
  if (order == nullptr) return {};
  Start out = EntryIntoForce(reading, *order);
  out.later = true;
  out.assumptions |= kReleasedOnEntry;
  out.steps.push_back("No release is recorded: taken to be the day the order enters into force.");
  return out;
}

std::vector<Start> BanStarts(const Reading& reading, const Sentence& sentence) {
  if (sentence.absorbed_by != nullptr) return {};
  if (!sentence.prison()) {
    Start entry = EntryIntoForce(reading, *sentence.verdict);
    if (entry.points.empty()) return {};
    entry.steps.insert(entry.steps.begin(), VerdictLine(sentence));
    entry.steps.push_back("The ban runs from entry into force (CC 50(4)).");
    return {std::move(entry)};
  }
  if (sentence.replacement == nullptr && sentence.release != nullptr &&
      sentence.release->date.closed()) {
    Start release = ReleaseStart(reading, sentence);
    release.steps.push_back("A ban added to imprisonment runs from release (CC 50(4)).");
    return {std::move(release)};
  }
  std::vector<Start> ends = SentenceEnds(reading, sentence);
  for (Start& end : ends) {
    if (sentence.replacement == nullptr) {
      end.steps.push_back(
          "A ban added to imprisonment runs from release (CC 50(4)); no release is recorded: "
          "counted from the computed end.");
      continue;
    }
    const Start out_of_prison = ReleaseStart(reading, sentence);
    if (out_of_prison.points.empty()) continue;
    const Range early = WindowOf(out_of_prison), late = WindowOf(end);
    Inherit(out_of_prison, end);
    end.points = PointsOf({std::min(early.first, late.first), std::max(early.last, late.last)});
    end.earlier = end.later = true;
    end.steps.push_back(
        "The imprisonment was replaced: the ban runs from leaving prison or from the end of the "
        "replaced penalty (CC 50(4)); both readings are given.");
  }
  return ends;
}

std::vector<Start> PenaltiesServed(const Reading& reading, const Sentence& sentence) {
  std::vector<Start> mains;
  const bool released =
      sentence.prison() && (sentence.release != nullptr || sentence.released_early());
  if (released) {
    Start release = ReleaseStart(reading, sentence);
    if (!release.points.empty()) {
      if (sentence.released_early()) {
        release.steps.push_back(
            "After an early release the record runs from the release (CC 79(4)).");
      }
      mains.push_back(std::move(release));
    }
  }
  if (mains.empty()) mains = SentenceEnds(reading, sentence);
  const std::vector<civil::Term>& terms = sentence.verdict->ban_terms;
  const bool banned =
      std::any_of(terms.begin(), terms.end(), [](const civil::Term& t) { return !t.empty(); });
  if (!banned) return mains;
  const std::vector<Start> bans = BanStarts(reading, sentence);
  for (size_t i = 0; i < mains.size(); ++i) {
    if (bans.empty()) continue;
    const Start& ban = bans[std::min(i, bans.size() - 1)];
    for (const civil::Term& term : sentence.verdict->ban_terms) {
      if (term.empty()) continue;
      mains[i] = LaterOf(mains[i], EndAfter(ban, term, "The ban ends"));
    }
  }
  return mains;
}

}  // namespace vigil::registry
