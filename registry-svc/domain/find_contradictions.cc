// Contradictions between facts and dates, and ends that passed in silence.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

using civil::Day;

// By when custody must have begun for the order to have been possible: what had to be served, taken
// off the order's day. Empty where that is no single day.
std::string FitsOnlyIf(const Reading& reading, const Sentence& sentence, const CheckedFact& order,
                       Day possible) {
  const std::vector<Start> starts = TermStarts(reading, sentence);
  if (!order.date.exact() || starts.size() != 1 || starts[0].points.size() != 1) return "";
  const Day start = starts[0].points[0].day;
  int months = 0;
  while (civil::AddMonths(start, months + 1) <= possible) ++months;
  const civil::Term served{months, civil::DaysBetween(civil::AddMonths(start, months), possible),
                           0};
  return fmt::format(" It fits only if custody began by {}.",
                     civil::FormatDay(civil::Subtract(*order.date.first, served)));
}

// The first day on which a right of this kind opens for the sentence; absent where no deadline
// says.
std::optional<Day> FirstPossible(const std::vector<v1::Deadline>& deadlines, v1::DeadlineKind kind,
                                 const Sentence& sentence) {
  std::optional<Day> first;
  const std::string& verdict = sentence.verdict->fact().name();
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != kind || std::find(deadline.facts().begin(), deadline.facts().end(),
                                             verdict) == deadline.facts().end()) {
      continue;
    }
    const std::optional<Day> day = civil::ParseDay(deadline.earliest());
    if (day && (!first || *day < *first)) first = day;
  }
  return first;
}

void CheckOrder(const Reading& reading, const Sentence& sentence, const CheckedFact* order,
                v1::DeadlineKind kind, std::string_view finding, std::string_view what,
                const std::vector<v1::Deadline>& deadlines, Findings& findings) {
  if (order == nullptr || !order->date.last) return;
  const std::optional<Day> possible = FirstPossible(deadlines, kind, sentence);
  if (!possible || *order->date.last >= *possible) return;
  const int shift = civil::DaysBetween(*order->date.last, *possible);
  findings.Add(
      finding, order,
      fmt::format("{} was ordered on {}, {} days before {} by what is known.{} The day "
                  "custody began is missing, or the order rests on another ground.",
                  what, civil::DescribeSpan(order->date), shift, civil::FormatDay(*possible),
                  FitsOnlyIf(reading, sentence, *order, *possible)),
      "Find the day custody began, and the article the order rests on.", shift);
}

const CheckedFact* FactOf(const Reading& reading, const v1::Deadline& deadline) {
  for (const CheckedFact* fact : reading.facts()) {
    if (deadline.facts_size() > 0 && fact->fact().name() == deadline.facts(0)) return fact;
  }
  return nullptr;
}

bool EndsSomething(v1::DeadlineKind kind) {
  return kind == v1::DEADLINE_KIND_SENTENCE_END || kind == v1::DEADLINE_KIND_COMMITTAL_END ||
         kind == v1::DEADLINE_KIND_BAN_END || kind == v1::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT;
}

// An end that every alternative says has passed, and no fact confirms.
void FindEnded(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
               Findings& findings) {
  std::map<std::string, const v1::Deadline*> last_of;
  for (const v1::Deadline& deadline : deadlines) {
    if (!EndsSomething(deadline.kind())) continue;
    const std::string& key =
        deadline.alternative_group().empty() ? deadline.name() : deadline.alternative_group();
    const v1::Deadline*& last = last_of[key];
    if (last == nullptr || last->latest() < deadline.latest()) last = &deadline;
  }
  for (const auto& [key, deadline] : last_of) {
    if (deadline->state() != v1::DEADLINE_STATE_PASSED) continue;
    findings.Add(kEndedUnconfirmed, FactOf(reading, *deadline),
                 fmt::format("{}: should have ended by {}, and no fact confirms it.",
                             deadline->title(), deadline->latest()),
                 "Ask whether it has ended, and add a release or a mark.",
                 civil::DaysBetween(*civil::ParseDay(deadline->latest()), reading.as_of()));
  }
}

// A body asked, the term is over, and nothing came: silence. A refusal is an answer.
void FindSilence(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                 Findings& findings) {
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.state() != v1::DEADLINE_STATE_PASSED ||
        (deadline.kind() != v1::DEADLINE_KIND_UN_FOLLOW_UP &&
         deadline.kind() != v1::DEADLINE_KIND_STATE_REPLY_DUE)) {
      continue;
    }
    const CheckedFact* asked = FactOf(reading, deadline);
    if (asked == nullptr) continue;
    bool answered = false;
    for (const CheckedFact* fact : reading.facts()) {
      answered |= fact->fact().has_state_reply() &&
                  reading.Means(fact->fact().state_reply().to(), *fact, *asked);
    }
    const auto due = civil::ParseDay(deadline.latest());
    if (answered || !due) continue;
    findings.Add(kStateSilent, asked,
                 fmt::format("{}: silent for {} days, since {}.", deadline.title(),
                             civil::DaysBetween(*due, reading.as_of()), deadline.latest()),
                 "Tell the body that no reply is known, or record the reply.", 0);
  }
}

bool IsDiscipline(const Reading& reading, const v1::Deadline& deadline) {
  const CheckedFact* fact = FactOf(reading, deadline);
  return fact != nullptr && fact->kind() == v1::Fact::kDiscipline;
}

// The last limit of a custody that passed without a verdict, a release or an extension.
void FindOverheld(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                  Findings& findings) {
  const v1::Deadline* last = nullptr;
  for (const v1::Deadline& deadline : deadlines) {
    // Hours without a court are another matter, and solitary confinement is no custody of its own.
    if (deadline.kind() == v1::DEADLINE_KIND_CUSTODY_LIMIT &&
        deadline.boundary() == v1::DEADLINE_BOUNDARY_BEFORE_DAY &&
        deadline.state() == v1::DEADLINE_STATE_PASSED && !IsDiscipline(reading, deadline) &&
        (last == nullptr || last->latest() < deadline.latest())) {
      last = &deadline;
    }
  }
  if (last == nullptr) return;
  findings.Add(kCustodyLimitPassed, FactOf(reading, *last),
               fmt::format("{}: passed by {}, and no extension, release or verdict is recorded.",
                           last->title(), last->latest()),
               "Ask counsel for the court's order on extension; without one the custody has no "
               "ground.",
               0);
}

// The order that releases should be in force, and nobody said that the person is out.
void FindUnconfirmedRelease(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const CheckedFact* order = sentence.parole != nullptr ? sentence.parole : sentence.replacement;
  if (!sentence.prison() || order == nullptr || sentence.release != nullptr ||
      sentence.revocation != nullptr) {
    return;
  }
  const Start entry = EntryIntoForce(reading, *order);
  if (entry.points.empty() || WindowOf(entry).last > reading.as_of()) return;
  findings.Add(
      kReleaseUnconfirmed, order,
      fmt::format("The order of {} should have been in force since {}, and no release is "
                  "recorded.",
                  civil::DescribeSpan(order->date), civil::FormatDay(WindowOf(entry).last)),
      "Ask whether the person is out and since when, and add the release.", 0);
}

void FindUntouched(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                   Findings& findings) {
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != v1::DEADLINE_KIND_CASE_REVIEW ||
        (deadline.state() != v1::DEADLINE_STATE_DUE &&
         deadline.state() != v1::DEADLINE_STATE_PASSED)) {
      continue;
    }
    findings.Add(
        kCaseReview, FactOf(reading, deadline),
        fmt::format("Nothing new is known of the case; a review was due on {}.", deadline.latest()),
        deadline.action(), 0);
  }
}

}  // namespace

void FindContradictions(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                        Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    CheckOrder(reading, sentence, sentence.replacement,
               v1::DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY, kReplacementTooEarly,
               "A milder penalty", deadlines, findings);
    CheckOrder(reading, sentence, sentence.parole, v1::DEADLINE_KIND_PAROLE_ELIGIBILITY,
               kParoleTooEarly, "Parole", deadlines, findings);
  }
  for (const Sentence& sentence : reading.sentences()) {
    if (sentence.in_effect()) FindUnconfirmedRelease(reading, sentence, findings);
  }
  FindEnded(reading, deadlines, findings);
  FindSilence(reading, deadlines, findings);
  FindOverheld(reading, deadlines, findings);
  FindUntouched(reading, deadlines, findings);
}

}  // namespace vigil::registry
