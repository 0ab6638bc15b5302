// Imprecise, missing and rival dates.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

// Something is counted from the day of such facts.
bool IsCountedFrom(v1::Fact::WhatCase kind) {
  switch (kind) {
    case v1::Fact::kCustody:
    case v1::Fact::kVerdict:
    case v1::Fact::kReplacement:
    case v1::Fact::kParole:
    case v1::Fact::kCommittal:
    case v1::Fact::kPreventiveMeasure:
    case v1::Fact::kBodyDecision:
      return true;
    default:
      return false;
  }
}

// The fact's further date takes the place of its own, and is known to the day.
bool IsPlacedOrSent(const CheckedFact& fact) {
  return (fact.kind() == v1::Fact::kCommittal || fact.kind() == v1::Fact::kBodyDecision) &&
         fact.other_date.exact();
}

// By how many days a window is wide.
int WidthOf(const v1::Deadline& deadline) {
  if (deadline.earliest() == deadline.latest()) return 0;
  return civil::DaysBetween(*civil::ParseDay(deadline.earliest()),
                            *civil::ParseDay(deadline.latest()));
}

// The widest window counted from the fact; 0 where it has none.
int WidestFrom(const std::vector<v1::Deadline>& deadlines, const CheckedFact& fact) {
  int widest = 0;
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.facts_size() > 0 && deadline.facts(0) == fact.fact().name()) {
      widest = std::max(widest, WidthOf(deadline));
    }
  }
  return widest;
}

void FindImprecise(const CheckedFact& fact, const std::vector<v1::Deadline>& deadlines,
                   Findings& findings) {
  if (!IsCountedFrom(fact.kind())) return;
  if (!fact.date.closed()) {
    findings.Add(kDateMissing, &fact, "Its day is not known, so nothing can be counted from it.",
                 "Find the day, or the month.", 0);
    return;
  }
  if (fact.date.exact() || IsPlacedOrSent(fact)) return;
  const int width = civil::DaysBetween(*fact.date.first, *fact.date.last);
  if (WidestFrom(deadlines, fact) == 0) return;
  findings.Add(kDateImprecise, &fact,
               fmt::format("It is dated {} only: what is counted from it is a window.",
                           civil::DescribeSpan(fact.date)),
               "Find the day.", width);
}

void FindTransmission(const CheckedFact& fact, Findings& findings) {
  if (fact.kind() != v1::Fact::kBodyDecision || !fact.other_date.empty()) return;
  findings.Add(kTransmissionUnknown, &fact,
               "The day on which the decision was sent to the State is not known; the date of the "
               "decision, or of its publication, is used for the follow-up.",
               "Find the day of transmission in the body's decision.", 0);
}

bool IsNewer(const v1::Deadline& a, const v1::Deadline& b) {
  return std::pair(a.known_time().seconds(), a.known_time().nanos()) >
         std::pair(b.known_time().seconds(), b.known_time().nanos());
}

// Readings of one limit that rest on different days; told once for each fact, with the widest gap.
void FindRivals(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                Findings& findings) {
  struct Rivals {
    std::string first, last, about;
    // The one that was known last.
    const v1::Deadline* newest = nullptr;
    bool both = false;
  };
  std::map<std::string, Rivals> groups;
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.alternative_group().empty()) continue;
    auto [at, is_first] = groups.try_emplace(deadline.alternative_group());
    Rivals& rivals = at->second;
    rivals.both |= !is_first;
    if (is_first || deadline.earliest() < rivals.first) rivals.first = deadline.earliest();
    if (is_first || deadline.earliest() > rivals.last) rivals.last = deadline.earliest();
    if (is_first || IsNewer(deadline, *rivals.newest)) rivals.newest = &deadline;
    if (deadline.facts_size() > 0) rivals.about = deadline.facts(deadline.facts_size() - 1);
  }
  for (const auto& [group, rivals] : groups) {
    if (!rivals.both) continue;
    const std::string& name = rivals.about;
    const auto about =
        std::find_if(reading.facts().begin(), reading.facts().end(),
                     [&](const CheckedFact* fact) { return fact->fact().name() == name; });
    findings.Add(kReadingsDiffer, about == reading.facts().end() ? nullptr : *about,
                 "The facts leave two readings of the day from which this is counted; the earlier "
                 "one alerts, the other is shown beside it.",
                 "Find out which day counts.",
                 civil::DaysBetween(*civil::ParseDay(rivals.first), *civil::ParseDay(rivals.last)),
                 {.deadline = rivals.newest});
  }
}

// Imprisonment that was replaced: from when the ban runs is disputed.
void FindBanStart(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                  Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    if (!sentence.in_effect() || !sentence.prison() || sentence.replacement == nullptr) continue;
    for (const v1::Deadline& deadline : deadlines) {
      if (deadline.kind() != v1::DEADLINE_KIND_BAN_END || WidthOf(deadline) == 0) continue;
      findings.Add(kBanStartDisputed, sentence.replacement,
                   "The imprisonment was replaced, and the code can be read both ways: the ban "
                   "runs from leaving prison, or from the end of the replaced penalty.",
                   "Ask the court or the probation service from which day it counts the ban.",
                   WidthOf(deadline), {.deadline = &deadline});
    }
  }
}

}  // namespace

void FindInDates(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                 Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    FindImprecise(*fact, deadlines, findings);
    FindTransmission(*fact, findings);
  }
  FindRivals(reading, deadlines, findings);
  FindBanStart(reading, deadlines, findings);
}

}  // namespace vigil::registry
