// Facts whose dates contradict one another, and facts older than the treaty they are to be
// complained of under.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/references.h"

namespace vigil::registry {
namespace {

using civil::Day;

// "appeal decision": the kind in words.
std::string KindOf(const CheckedFact& fact) {
  const auto* field = v1::Fact::descriptor()->FindFieldByNumber(fact.kind());
  std::string out = field != nullptr ? std::string(field->name()) : "fact";
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string Dated(const CheckedFact& fact) {
  return fmt::format("{} of {}", KindOf(fact), civil::DescribeSpan(fact.date));
}

void FindBeforeItsGround(const Reading& reading, const CheckedFact& fact, Findings& findings) {
  ForEachReference(fact.fact(), [&](std::string_view, const std::string& to, Order order) {
    if (order != Order::kAfter) return;
    const CheckedFact* ground = reading.Find(to, fact);
    if (ground == nullptr) {
      // A later one counts only from its own day.
      for (const CheckedFact* other : reading.view().facts) {
        if (reading.Means(to, fact, *other)) ground = other;
      }
    }
    if (ground == nullptr || !Precedes(fact, *ground)) return;
    findings.Add(
        kOutOfOrder, &fact,
        fmt::format("The {} is dated before the {} that it is about.", Dated(fact), Dated(*ground)),
        "Check both days against the documents.",
        civil::DaysBetween(*fact.date.last, *ground->date.first), {.facts = {ground}});
  });
}

// A further date of the fact that cannot come before the fact itself; empty for other kinds.
std::string_view LaterDateOf(v1::Fact::WhatCase kind) {
  switch (kind) {
    case v1::Fact::kVerdict:
    case v1::Fact::kAppealDecision:
    case v1::Fact::kReplacement:
    case v1::Fact::kParole:
    case v1::Fact::kParoleRevocation:
    case v1::Fact::kDeferral:
    case v1::Fact::kTransfer:
    case v1::Fact::kMotionDecision:
    case v1::Fact::kExtraditionStep:
    case v1::Fact::kAsylumStep:
      return "served";
    case v1::Fact::kCustodyExtension:
      return "extended until";
    case v1::Fact::kIntervention:
      return "to be answered by";
    default:
      return {};
  }
}

void FindBeforeItself(const CheckedFact& fact, Findings& findings) {
  const std::string_view what = LaterDateOf(fact.kind());
  if (what.empty() || !fact.other_date.last || !fact.date.first ||
      *fact.other_date.last >= *fact.date.first) {
    return;
  }
  findings.Add(kOutOfOrder, &fact,
               fmt::format("The {} was {} {}, before its own day.", Dated(fact), what,
                           civil::DescribeSpan(fact.other_date)),
               "Check both days against the document.",
               civil::DaysBetween(*fact.other_date.last, *fact.date.first));
}

// From then on the person may be released from something.
bool Holds(const v1::Fact& fact) {
  return fact.has_custody() || fact.has_committal() || fact.has_verdict() ||
         fact.has_taken_to_police() ||
         fact.preventive_measure().kind() == v1::PreventiveMeasure::KIND_HOUSE_ARREST;
}

void FindReleaseFromNothing(const Reading& reading, const CheckedFact& release,
                            Findings& findings) {
  if (!release.date.last) return;
  const CheckedFact* first = nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    if (!Holds(fact->fact())) continue;
    if (!Precedes(release, *fact)) return;
    if (first == nullptr) first = fact;
  }
  if (first == nullptr) return;
  findings.Add(
      kOutOfOrder, &release,
      fmt::format("The {} is dated before the {}, the first thing that the person can have "
                  "been released from.",
                  Dated(release), Dated(*first)),
      "Check both days, or add what the person was held on before.",
      civil::DaysBetween(*release.date.last, *first->date.first), {.facts = {first}});
}

// What happens to the living alone. A court can decide about the dead, and a body does.
bool NeedsALivingPerson(v1::Fact::WhatCase kind) {
  switch (kind) {
    case v1::Fact::kTakenToPolice:
    case v1::Fact::kCustody:
    case v1::Fact::kTransfer:
    case v1::Fact::kParole:
    case v1::Fact::kReplacement:
    case v1::Fact::kRelease:
    case v1::Fact::kPreventiveMeasure:
    case v1::Fact::kCommittal:
    case v1::Fact::kMedicalReview:
    case v1::Fact::kIllTreatment:
    case v1::Fact::kHealth:
    case v1::Fact::kForcedStatement:
    case v1::Fact::kReportingDuty:
    case v1::Fact::kWhereabouts:
    case v1::Fact::kPersonal:
    case v1::Fact::kDiscipline:
    case v1::Fact::kVisit:
      return true;
    default:
      return false;
  }
}

void FindAfterDeath(const Reading& reading, const CheckedFact& death, Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    if (!NeedsALivingPerson(fact->kind()) || !Precedes(death, *fact)) continue;
    findings.Add(kOutOfOrder, fact,
                 fmt::format("The {} is dated after the {}.", Dated(*fact), Dated(death)),
                 "Check both days, and whether each is about this person.", 0, {.facts = {&death}});
  }
}

// An act of the State that can be complained of.
bool IsActOfTheState(v1::Fact::WhatCase kind) {
  switch (kind) {
    case v1::Fact::kAccusation:
    case v1::Fact::kTakenToPolice:
    case v1::Fact::kSearch:
    case v1::Fact::kCustody:
    case v1::Fact::kVerdict:
    case v1::Fact::kPreventiveMeasure:
    case v1::Fact::kCommittal:
    case v1::Fact::kIllTreatment:
      return true;
    default:
      return false;
  }
}

// Every dated act of the State is older than the day, and there is one.
bool AllActsBefore(const Reading& reading, Day day) {
  bool any = false;
  for (const CheckedFact* fact : reading.facts()) {
    if (!IsActOfTheState(fact->kind()) || !fact->date.last) continue;
    if (*fact->date.last >= day) return false;
    any = true;
  }
  return any;
}

// Since when the right of a filing rule exists: where its first version begins.
std::optional<Day> RightSince(const CompiledBook& book, const v1::Deadline& deadline) {
  const CompiledRule* first = nullptr;
  for (const CompiledRule& rule : book.rules) {
    const bool same = deadline.rule().starts_with(rule.rule.id() + "@");
    if (same && (first == nullptr || rule.rule.version() < first->rule.version())) first = &rule;
  }
  return first == nullptr ? std::nullopt : first->law.from;
}

// A treaty does not reach what was over before it bound the State.
void FindBeforeTheTreaty(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                         Findings& findings) {
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != v1::DEADLINE_KIND_UN_FILING_LIMIT || deadline.facts().empty()) continue;
    const std::optional<Day> since = RightSince(reading.book(), deadline);
    if (!since || !AllActsBefore(reading, *since)) continue;
    for (const CheckedFact* fact : reading.facts()) {
      if (fact->fact().name() != deadline.facts(0)) continue;
      findings.Add(
          kBeforeTheTreaty, fact,
          fmt::format("{}: the treaty binds the State since {}, and every act of the State "
                      "that is dated here is older. Facts wholly before it are out; only "
                      "what went on after it can be complained of.",
                      deadline.title(), civil::FormatDay(*since)),
          "Find what went on after that day, before a communication is written.", 0,
          {.deadline = &deadline});
    }
  }
}

}  // namespace

void FindChronology(const Reading& reading, const std::vector<v1::Deadline>& deadlines,
                    Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    FindBeforeItsGround(reading, *fact, findings);
    FindBeforeItself(*fact, findings);
    if (fact->kind() == v1::Fact::kRelease) FindReleaseFromNothing(reading, *fact, findings);
    if (fact->kind() == v1::Fact::kDeath) FindAfterDeath(reading, *fact, findings);
  }
  FindBeforeTheTreaty(reading, deadlines, findings);
}

}  // namespace vigil::registry
