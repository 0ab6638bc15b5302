// The starts that a sentence gives: of its term, its end, its bans, its record.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/counting.h"
#include "registry-svc/domain/credit.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

// The ends of a window as points, with how they are counted.
std::vector<Start::Point> CountedPoints(const Range& range, Count count) {
  if (range.first == range.last) return {{range.first, 0, std::move(count.first)}};
  if (count.last.empty()) count.last = count.first;
  return {{range.first, 0, std::move(count.first)}, {range.last, 0, std::move(count.last)}};
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

Start FromVerdictDay(const Sentence& sentence) {
  Start out = AtDate(*sentence.verdict, sentence.verdict->date, VerdictLine(sentence));
  out.earlier = true;
  out.assumptions |= kCustodyFromVerdict;
  out.steps.push_back(
      "When custody began is not known: counted from the day of the verdict. Custody before it is "
      "credited and can only bring the date forward.");
  return out;
}

// In custody, or in a hospital, when the verdict was given: each day until entry into force is
// worth a day at least.
bool HeldAt(const Custody& custody, const CheckedFact& verdict) {
  const Custody::Stay& last = custody.stays.back();
  return last.of != rules::v1::CREDIT_OF_HOUSE_ARREST &&
         (last.open || last.end.last >= *verdict.date.first);
}

// The stays may lie otherwise than they are read.
void DoubtStays(const Custody& custody, Start& start) {
  if (!custody.interrupted && !custody.unordered) return;
  start.earlier |= custody.unordered;
  start.later = true;
  start.assumptions |= kOrderUnknown;
  start.steps.push_back(
      custody.unordered
          ? "Which came first is not known of all that says where the person was held, and when: "
            "they are read in the order of their last possible days."
          : "A release or another stay is reported without its day: if it fell into a stay that is "
            "credited, less of that counts, and the date is later.");
}

// A total as if it ran from the verdict `anchor`, at the latest: which days of custody count
// towards a total nobody says, so none is credited.
Start TotalFrom(const Reading& reading, const Sentence& total, const CheckedFact& anchor) {
  const Sentence* own = reading.SentenceOf(anchor);
  const Custody custody = own == nullptr ? Custody() : CustodyBefore(reading, *own);
  const bool from_verdict = !custody.known || !anchor.date.closed() || HeldAt(custody, anchor);
  Start start = from_verdict ? AtDate(anchor, anchor.date, VerdictLine(total))
                             : EntryIntoForce(reading, anchor);
  if (start.points.empty()) return start;
  if (!from_verdict) start.steps.insert(start.steps.begin(), VerdictLine(total));
  start.earlier = true;
  start.assumptions |= custody.known ? kCreditUnknown : kCustodyFromVerdict;
  start.steps.push_back(fmt::format(
      "The term is a total with an earlier verdict; if counted from the verdict of {}. {}",
      civil::DescribeSpan(anchor.date),
      custody.known
          ? "How much of the custody before it counts towards the total is not said: none "
            "is credited, and it can only bring the date forward."
          : "When custody began is not known and can only bring the date forward."));
  DoubtStays(custody, start);
  for (const Custody::Stay& stay : custody.stays) start.facts.push_back(stay.fact);
  return start;
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
    Start start = TotalFrom(reading, sentence, *anchor);
    if (start.points.empty()) continue;
    start.key = anchor == sentence.verdict ? "" : std::string(IdOf(anchor->line));
    if (anchor != sentence.verdict) start.facts.push_back(sentence.verdict);
    out.push_back(std::move(start));
  }
  return out;
}

// Entry into force of each day on which the decision may have fallen. With credited days the end of
// the term neither rises nor falls steadily over a window, for months differ in length.
std::vector<Start::Point> EveryEntry(const Reading& reading, const Sentence& sentence,
                                     const Start& entry) {
  const auto on_appeal = DecidedOnAppeal(sentence.appeal, *sentence.verdict);
  const civil::Span& decided = on_appeal ? *on_appeal : sentence.verdict->date;
  if (decided.exact()) return entry.points;
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  std::vector<Start::Point> out;
  Start unused;
  for (Day day = *decided.first; day <= *decided.last; day += days(1)) {
    out.push_back(on_appeal ? Start::Point{day}
                            : PlainEntry(reading, *procedure, day, unused, false));
  }
  return out;
}

// What is credited over the window of entry into force.
void TellCredit(const CreditedDays& credit, Start& out) {
  if (out.later && credit.grows) {
    out.earlier = true;
    out.steps.push_back(
        "An appeal lengthens the custody that is credited too, so it can also bring the date "
        "forward.");
  }
  for (const std::string& step : credit.steps) out.steps.push_back(step);
  if (credit.most == 0) return;
  out.steps.push_back(
      credit.fewest == credit.most
          ? fmt::format("{} days in all are credited.", credit.most)
          : fmt::format("{} to {} days in all are credited.", credit.fewest, credit.most));
}

// From entry into force, less what is credited.
Start CreditedStart(const Reading& reading, const Sentence& sentence, const Custody& custody) {
  Start out = EntryIntoForce(reading, *sentence.verdict);
  if (out.points.empty()) return out;
  out.steps.insert(out.steps.begin(), VerdictLine(sentence));
  std::vector<Start::Point> points;
  CreditedDays all;
  const std::vector<Start::Point> entries = EveryEntry(reading, sentence, out);
  for (const Start::Point& point : entries) {
    const CreditedDays credit = CreditFor(reading, sentence, custody, point.day);
    points.push_back({point.day, credit.most, point.how, credit.most_held});
    if (credit.fewest != credit.most) {
      points.push_back({point.day, credit.fewest, point.how, credit.fewest_held});
    }
    const bool first = &point == &entries.front();
    all.fewest = first ? credit.fewest : std::min(all.fewest, credit.fewest);
    all.most = first ? credit.most : std::max(all.most, credit.most);
    all.grows |= first && credit.grows;
    if (!first && &point != &entries.back()) continue;
    for (const std::string& step : credit.steps) {
      if (std::find(all.steps.begin(), all.steps.end(), step) == all.steps.end()) {
        all.steps.push_back(step);
      }
    }
  }
  TellCredit(all, out);
  out.points = std::move(points);
  for (const Custody::Stay& stay : custody.stays) out.facts.push_back(stay.fact);
  DoubtStays(custody, out);
  if (sentence.prison() && custody.known && sentence.regime == v1::REGIME_UNSPECIFIED) {
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
  Count count;
  After(x.first >= y.first ? a : b, {}, &count);
  std::string first = std::move(count.first);
  After(x.last >= y.last ? a : b, {}, &count);
  out.points = CountedPoints(later, {std::move(first), count.last.empty() ? std::move(count.first)
                                                                          : std::move(count.last)});
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
  Count count;
  const Range window = After(start, term, &count);
  out.points = CountedPoints(window, std::move(count));
  out.key = start.key;
  Inherit(start, out);
  const bool credited = std::any_of(start.points.begin(), start.points.end(),
                                    [](const Start::Point& p) { return p.credit != 0; });
  out.steps.push_back(fmt::format(
      "{}: {} + {}{} = {}.", what, DescribeRange(WindowOf(start)), civil::DescribeTerm(term),
      credited ? ", less the days credited" : "", DescribeRange(window)));
  return out;
}

// The imprisonment for which the court stated a term, in place of a restriction that was evaded.
std::vector<Start> EvasionEnds(const Reading& reading, const CheckedFact& order) {
  Start entry = EntryIntoForce(reading, order);
  if (entry.points.empty()) return {};
  entry.earlier = entry.later = true;
  entry.assumptions |= kCreditUnknown;
  entry.steps.push_back(
      "Prison in place of the evaded restriction (CC 44), counted from entry into force: custody "
      "before it would bring the end forward, and prison that began later would put it back.");
  return {EndAfter(entry, order.term, "The imprisonment ends")};
}

}  // namespace

std::vector<Start> TermStarts(const Reading& reading, const Sentence& sentence) {
  // Life has no term of its own; what the law counts runs from the same day.
  const bool life = sentence.penalty == v1::PENALTY_LIFE;
  if (sentence.absorbed_by != nullptr || (sentence.term.empty() && !life)) return {};
  if (sentence.prison() && !sentence.what().total_with().empty()) {
    return TotalStarts(reading, sentence);
  }
  const Custody custody = CustodyBefore(reading, sentence);
  Start start = sentence.prison() && !custody.known ? FromVerdictDay(sentence)
                                                    : CreditedStart(reading, sentence, custody);
  if (start.points.empty()) return {};
  if (sentence.evasion != nullptr) {
    start.later = true;
    start.facts.push_back(sentence.evasion);
    start.steps.push_back(
        "What was left was replaced by imprisonment, a day for a day (CC 44): the end stays, but "
        "days on which the restriction was evaded are not served.");
  }
  return {std::move(start)};
}

std::vector<Start> SentenceEnds(const Reading& reading, const Sentence& sentence) {
  if (sentence.evasion != nullptr && !sentence.evasion->term.empty()) {
    return EvasionEnds(reading, *sentence.evasion);
  }
  std::vector<Start> out;
  if (sentence.term.empty()) return out;
  for (const Start& start : TermStarts(reading, sentence)) {
    out.push_back(EndAfter(start, sentence.term, "The main penalty ends"));
  }
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
      const bool undated = sentence.release != nullptr;
      end.earlier |= undated;
      end.steps.push_back(
          fmt::format("A ban added to imprisonment runs from release (CC 50(4)); {}: counted from "
                      "the computed end.",
                      undated ? "the day of the release is not known" : "no release is recorded"));
      continue;
    }
    const Start out_of_prison = ReleaseStart(reading, sentence);
    if (out_of_prison.points.empty()) {
      end.earlier = true;
      end.steps.push_back(
          "The imprisonment was replaced, on an unknown day: the ban may run from leaving prison "
          "already (CC 50(4)).");
      continue;
    }
    Inherit(out_of_prison, end);
    end.points.insert(end.points.end(), out_of_prison.points.begin(), out_of_prison.points.end());
    end.earlier = end.later = true;
    end.steps.push_back(
        "The imprisonment was replaced: the ban runs from leaving prison or from the end of the "
        "replaced penalty (CC 50(4)); both readings are given.");
  }
  return ends;
}

std::vector<Start> PenaltiesServed(const Reading& reading, const Sentence& sentence) {
  std::vector<Start> mains;
  if (sentence.suspended()) {
    // Over with the probation, whatever the term that was suspended.
    const Start entry = EntryIntoForce(reading, *sentence.verdict);
    if (sentence.absorbed_by != nullptr || entry.points.empty()) return {};
    mains.push_back(EndAfter(entry, sentence.verdict->probation, "The probation ends"));
  }
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
  if (mains.empty()) {
    mains = SentenceEnds(reading, sentence);
    for (Start& main : mains) {
      if (!released) break;
      main.earlier = true;
      main.steps.push_back(
          "The day of the release is not known: counted from the end of the penalty, at the "
          "latest.");
    }
  }
  const std::vector<civil::Term>& terms = sentence.verdict->ban_terms;
  const bool banned =
      std::any_of(terms.begin(), terms.end(), [](const civil::Term& t) { return !t.empty(); });
  const std::vector<Start> bans = banned ? BanStarts(reading, sentence) : std::vector<Start>();
  for (size_t i = 0; i < mains.size() && !bans.empty(); ++i) {
    const Start& ban = bans[std::min(i, bans.size() - 1)];
    for (const civil::Term& term : sentence.verdict->ban_terms) {
      if (term.empty()) continue;
      mains[i] = LaterOf(mains[i], EndAfter(ban, term, "The ban ends"));
    }
  }
  return mains;
}

}  // namespace vigil::registry
