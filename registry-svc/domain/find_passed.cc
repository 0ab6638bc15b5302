// What should have happened by now, and no fact says that it did.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

bool IsAbout(const Reading& reading, const v1::Deadline& deadline, v1::Fact::WhatCase kind) {
  const CheckedFact* fact = FactOf(reading, deadline);
  return fact != nullptr && fact->kind() == kind;
}

// What is said of a date that has passed and that no fact confirms.
struct Silence {
  std::string_view finding;
  // Put after the deadline's title and before its last day.
  std::string_view before;
  // Put after that day.
  std::string_view after;
  std::string_view remedy;
};

// Nothing where such a date passes without a word.
const Silence* SilenceOf(const Reading& reading, const v1::Deadline& deadline) {
  static constexpr Silence kEnd = {kEndedUnconfirmed, "should have ended by",
                                   ", and no fact confirms it",
                                   "Ask whether it has ended, and add a release or a mark."};
  static constexpr Silence kDeferral = {
      kEndedUnconfirmed, "passed on", ", and what the court decided is not recorded",
      "Ask what the court decided: release from the penalty, another deferral, or prison."};
  static constexpr Silence kProtection = {
      kProtectionLapsing, "passed on", ", and no request for renewal is recorded",
      "Ask counsel whether the renewal was asked for; without it the protection ends."};
  static constexpr Silence kRecord = {
      kRecordUnconfirmed, "by", ", and nobody has confirmed it",
      "Ask for a certificate of no criminal record, and mark the date as met."};
  static constexpr Silence kEvent = {kOutcomeUnknown, "was over on",
                                     ", and nothing of its outcome is recorded",
                                     "Find out what came of it, add it as a fact, and mark the "
                                     "date as met."};
  switch (deadline.kind()) {
    case v1::DEADLINE_KIND_SENTENCE_END:
    case v1::DEADLINE_KIND_COMMITTAL_END:
    case v1::DEADLINE_KIND_BAN_END:
    case v1::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT:
      return &kEnd;
    case v1::DEADLINE_KIND_COURT_DECISION_DUE:
      return IsAbout(reading, deadline, v1::Fact::kDeferral) ? &kDeferral : nullptr;
    case v1::DEADLINE_KIND_PROTECTION_RENEWAL:
      return &kProtection;
    case v1::DEADLINE_KIND_RECORD_EXPUNGED:
      return &kRecord;
    case v1::DEADLINE_KIND_PLANNED_EVENT:
      return &kEvent;
    default:
      return nullptr;
  }
}

bool TellsOfTheDeferral(v1::Fact::WhatCase kind) {
  return kind == v1::Fact::kDeferral || kind == v1::Fact::kMotionDecision ||
         kind == v1::Fact::kCustody || kind == v1::Fact::kRelease;
}

// The fact tells what followed, though it does not say so.
bool Follows(const v1::Deadline& deadline, const CheckedFact& about, const CheckedFact& fact) {
  if (&fact == &about || !fact.date.first) return false;
  const std::string day = civil::FormatDay(*fact.date.first);
  if (day < deadline.earliest()) return false;
  if (about.kind() == v1::Fact::kDeferral) return TellsOfTheDeferral(fact.kind());
  // What happened on the days of an event came of it.
  return about.kind() == v1::Fact::kPlannedEvent && fact.kind() != v1::Fact::kPlannedEvent &&
         day <= deadline.latest();
}

bool IsFollowed(const Reading& reading, const v1::Deadline& deadline) {
  const CheckedFact* about = FactOf(reading, deadline);
  return about != nullptr &&
         std::any_of(reading.facts().begin(), reading.facts().end(),
                     [&](const CheckedFact* fact) { return Follows(deadline, *about, *fact); });
}

// A date that every alternative says has passed, and no fact confirms.
void FindPassedDates(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                     Findings& findings) {
  std::map<std::string, const v1::Deadline*> last_of;
  for (const v1::Deadline& deadline : deadlines) {
    if (SilenceOf(reading, deadline) == nullptr) continue;
    const std::string& key =
        deadline.alternative_group().empty() ? deadline.name() : deadline.alternative_group();
    const v1::Deadline*& last = last_of[key];
    if (last == nullptr || last->latest() < deadline.latest()) last = &deadline;
  }
  for (const auto& [key, deadline] : last_of) {
    if (deadline->state() != v1::DEADLINE_STATE_PASSED || IsFollowed(reading, *deadline)) continue;
    const Silence& silence = *SilenceOf(reading, *deadline);
    const bool end = silence.finding == kEndedUnconfirmed;
    findings.Add(
        silence.finding, FactOf(reading, *deadline),
        fmt::format("{}: {} {}{}.", deadline->title(), silence.before, deadline->latest(),
                    silence.after),
        std::string(silence.remedy),
        end ? civil::DaysBetween(*civil::ParseDay(deadline->latest()), reading.as_of()) : 0,
        {.deadline = deadline, .day = DayAfter(*deadline)});
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
                 "Tell the body that no reply is known, or record the reply.", 0,
                 {.deadline = &deadline, .day = DayAfter(deadline)});
  }
}

// A limit of custody that passed. Hours without a court are another matter, and solitary
// confinement is no custody of its own.
bool IsOverheld(const Reading& reading, const v1::Deadline& deadline) {
  return deadline.kind() == v1::DEADLINE_KIND_CUSTODY_LIMIT &&
         deadline.boundary() == v1::DEADLINE_BOUNDARY_BEFORE_DAY &&
         deadline.state() == v1::DEADLINE_STATE_PASSED &&
         !IsAbout(reading, deadline, v1::Fact::kDiscipline);
}

// The last limit of a custody that passed without a verdict, a release or an extension; since the
// first one of that custody did.
void FindOverheld(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                  Findings& findings) {
  const v1::Deadline* last = nullptr;
  for (const v1::Deadline& deadline : deadlines) {
    if (!IsOverheld(reading, deadline)) continue;
    if (last == nullptr || last->latest() < deadline.latest()) last = &deadline;
  }
  if (last == nullptr) return;
  const v1::Deadline* first = last;
  for (const v1::Deadline& deadline : deadlines) {
    if (IsOverheld(reading, deadline) && deadline.facts(0) == last->facts(0) &&
        deadline.latest() < first->latest()) {
      first = &deadline;
    }
  }
  findings.Add(kCustodyLimitPassed, FactOf(reading, *last),
               fmt::format("{}: passed by {}, and no extension, release or verdict is recorded.",
                           last->title(), last->latest()),
               "Ask counsel for the court's order on extension; without one the custody has no "
               "ground.",
               0, {.deadline = first, .day = DayAfter(*first)});
}

// The order that releases should be in force, and nobody said that the person is out.
void FindUnconfirmedRelease(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const CheckedFact* order = sentence.parole != nullptr ? sentence.parole : sentence.replacement;
  if (!sentence.puts_in_prison() || order == nullptr || sentence.release != nullptr ||
      sentence.revocation != nullptr) {
    return;
  }
  const Start entry = EntryIntoForce(reading, *order);
  if (entry.points.empty() || !reading.HasCome(WindowOf(entry).last)) return;
  findings.Add(
      kReleaseUnconfirmed, order,
      fmt::format("The order of {} should have been in force since {}, and no release is "
                  "recorded.",
                  civil::DescribeSpan(order->date), civil::FormatDay(WindowOf(entry).last)),
      "Ask whether the person is out and since when, and add the release.", 0,
      {.facts = entry.facts, .day = WindowOf(entry).last});
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
        deadline.action(), 0, {.deadline = &deadline, .day = civil::ParseDay(deadline.earliest())});
  }
}

// How long before its last day a mandate's renewal is asked for.
constexpr int kMandateAheadDays = 30;

void FindMandate(const Reading& reading, Findings& findings) {
  if (reading.view().record == nullptr) return;
  const auto until = civil::ParseDay(reading.view().record->mandate().until());
  if (!until || !reading.HasCome(*until - std::chrono::days(kMandateAheadDays))) return;
  const civil::Day over = *until + std::chrono::days(1);
  const bool ended = reading.HasCome(over);
  findings.Add(
      ended ? kMandateEnded : kMandateEnding, nullptr,
      fmt::format("Our mandate {} on {}{}.", ended ? "ended" : "ends", civil::FormatDay(*until),
                  ended ? ": we may not act, publish or write for the person" : ""),
      "Ask whoever gave it to renew it, and change it in the case.", 0,
      {.day = ended ? over : *until - std::chrono::days(kMandateAheadDays)});
}

}  // namespace

void FindPassed(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    if (sentence.in_effect()) FindUnconfirmedRelease(reading, sentence, findings);
  }
  FindPassedDates(reading, deadlines, findings);
  FindSilence(reading, deadlines, findings);
  FindOverheld(reading, deadlines, findings);
  FindUntouched(reading, deadlines, findings);
  FindMandate(reading, findings);
}

}  // namespace vigil::registry
