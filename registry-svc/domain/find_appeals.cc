// Whether decisions were appealed: where nobody knows, and where the term was missed.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/credit.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/fold.h"

namespace vigil::registry {
namespace {

using Deadlines = std::vector<v1::Deadline>;

constexpr std::string_view kRestoration =
    "who missed it for a good reason can ask the court to restore it (CPC 50).";

bool RestsOn(const v1::Deadline& deadline, const CheckedFact* fact) {
  return fact != nullptr && std::find(deadline.facts().begin(), deadline.facts().end(),
                                      fact->fact().name()) != deadline.facts().end();
}

// Of the sentence as the verdict, an order of prison or the revocation of parole left it.
bool IsOf(const v1::Deadline& deadline, const Sentence& sentence) {
  return RestsOn(deadline, sentence.verdict) || RestsOn(deadline, sentence.evasion) ||
         RestsOn(deadline, sentence.revocation);
}

// A release after which nothing of the sentence is left to serve.
bool EndsIt(const CheckedFact& fact, const Sentence& sentence) {
  if (fact.kind() != v1::Fact::kRelease || !NotBefore(fact, *sentence.verdict)) return false;
  switch (fact.fact().release().ground()) {
    case v1::Release::GROUND_SERVED:
    case v1::Release::GROUND_EARLY:
    case v1::Release::GROUND_CLEARED:
      return true;
    case v1::Release::GROUND_UNSPECIFIED:
      return sentence.release == &fact;
    default:
      return false;
  }
}

// Served, by a fact or a mark, or over by each of its dates.
bool IsOver(const Reading& reading, const Deadlines& deadlines, const Sentence& sentence) {
  for (const CheckedFact* fact : reading.facts()) {
    if (EndsIt(*fact, sentence)) return true;
  }
  if (!sentence.puts_in_prison() && sentence.parole != nullptr) return true;
  bool dated = false, left = false;
  for (const v1::Deadline& deadline : deadlines) {
    const bool end = deadline.kind() == v1::DEADLINE_KIND_SENTENCE_END;
    if ((!end && deadline.kind() != v1::DEADLINE_KIND_RECORD_EXPUNGED) ||
        !IsOf(deadline, sentence)) {
      continue;
    }
    if (deadline.state() == v1::DEADLINE_STATE_MET) return true;
    if (!end || deadline.state() == v1::DEADLINE_STATE_WITHDRAWN) continue;
    dated = true;
    left |= deadline.state() != v1::DEADLINE_STATE_PASSED;
  }
  return dated && !left;
}

bool Convicts(const Sentence& sentence) {
  return sentence.penalty != v1::PENALTY_NONE &&
         (sentence.decided().empty() || AnyCounts(sentence.decided()));
}

// To a harsher regime than the one that was known before.
bool IsHarsher(const Reading& reading, const CheckedFact& transfer) {
  v1::Regime before = v1::REGIME_UNSPECIFIED;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact == &transfer) break;
    const v1::Regime regime = fact->fact().has_verdict() ? fact->fact().verdict().regime()
                                                         : fact->fact().transfer().regime();
    if (regime != v1::REGIME_UNSPECIFIED) before = regime;
  }
  return before != v1::REGIME_UNSPECIFIED && transfer.fact().transfer().regime() > before;
}

// A verdict or a release came after it, or it may have.
bool IsCustodyOver(const Reading& reading, const CheckedFact& custody) {
  return std::any_of(reading.facts().begin(), reading.facts().end(), [&](const CheckedFact* fact) {
    return (fact->kind() == v1::Fact::kVerdict || fact->kind() == v1::Fact::kRelease) &&
           NotBefore(*fact, custody);
  });
}

// The State refused after all, or the person is handed over.
bool IsExtraditionOver(const Reading& reading, const CheckedFact& granted) {
  return std::any_of(reading.facts().begin(), reading.facts().end(), [&](const CheckedFact* fact) {
    const auto step = fact->fact().extradition_step().step();
    return (step == v1::ExtraditionStep::STEP_REFUSED ||
            step == v1::ExtraditionStep::STEP_SURRENDER_AGREED) &&
           NotBefore(*fact, granted);
  });
}

// The decision is against the person, it stands, and it weighs on them still: nobody appeals a
// parole that was granted, an acquittal, or a sentence that is served.
bool IsWorthAppealing(const Reading& reading, const Deadlines& deadlines,
                      const CheckedFact& decision) {
  if (decision.kind() == v1::Fact::kVerdict) {
    const Sentence* sentence = reading.SentenceOf(decision);
    return sentence->in_effect() && Convicts(*sentence) && !IsOver(reading, deadlines, *sentence);
  }
  if (reading.AnnulledBy(decision) != nullptr) return false;
  const auto situation = [&] { return FoldSituation(reading).situation; };
  const Sentence* current = reading.Current();
  switch (decision.kind()) {
    case v1::Fact::kReplacement:
      return current != nullptr && current->evasion == &decision &&
             situation() == v1::SITUATION_IMPRISONED && !IsOver(reading, deadlines, *current);
    case v1::Fact::kTransfer:
      return current != nullptr && IsHarsher(reading, decision) &&
             situation() == v1::SITUATION_IMPRISONED && !IsOver(reading, deadlines, *current);
    case v1::Fact::kCustody:
      return situation() == v1::SITUATION_IN_DETENTION && !IsCustodyOver(reading, decision);
    case v1::Fact::kExtraditionStep:
      return !IsExtraditionOver(reading, decision);
    default:
      return false;
  }
}

// The deadline for an appeal against the decision; null where the packs have none.
const v1::Deadline* LastDayToAppeal(const Deadlines& deadlines, const CheckedFact& decision) {
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() == v1::DEADLINE_KIND_APPEAL && deadline.facts_size() > 0 &&
        deadline.facts(0) == decision.fact().name()) {
      return &deadline;
    }
  }
  return nullptr;
}

// Nobody knows when the copy was given, from which the term runs.
bool MayStillRun(const v1::Deadline& deadline) {
  return deadline.precision() == v1::DEADLINE_PRECISION_NO_EARLIER_THAN;
}

// Whether anybody appealed decides entry into force, and all that is counted from it.
bool IsAppealUnknown(const Reading& reading, const CheckedFact* decision) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  return decision != nullptr && procedure != nullptr && !procedure->usual_appeal.empty() &&
         decision->date.closed() && AppealOf(reading, *decision) == nullptr;
}

void TellUnknown(const Reading& reading, const Deadlines& deadlines, const CheckedFact& decision,
                 Findings& findings) {
  const v1::Deadline* last = LastDayToAppeal(deadlines, decision);
  std::string remedy = "Ask counsel, and add the decision on appeal, or that there was none.";
  Ground ground;
  if (last != nullptr && last->state() == v1::DEADLINE_STATE_PASSED &&
      IsWorthAppealing(reading, deadlines, decision)) {
    remedy += fmt::format(" The term to appeal {} over: {}", MayStillRun(*last) ? "may be" : "is",
                          kRestoration);
    ground = {.deadline = last, .day = DayAfter(*last)};
  }
  findings.Add(kAppealUnknown, &decision,
               fmt::format("Whether the decision of {} was appealed is not known. An appeal puts "
                           "back its entry into force, and everything counted from it.",
                           civil::DescribeSpan(decision.date)),
               std::move(remedy),
               DaysOf(reading.book().ProcedureOf(reading.view().country())->usual_appeal), ground);
}

// The decisions on whose entry into force dates hang, and of which nobody knows whether they were
// appealed.
std::vector<const CheckedFact*> UnknownAppeals(const Reading& reading) {
  std::vector<const CheckedFact*> out;
  for (const Sentence& sentence : reading.sentences()) {
    if (!sentence.in_effect()) continue;
    const bool from_entry = sentence.penalty == v1::PENALTY_RESTRICTION_OF_LIBERTY ||
                            (sentence.prison() && CustodyBefore(reading, sentence).known);
    for (const CheckedFact* decision : {from_entry ? sentence.verdict : nullptr,
                                        sentence.replacement, sentence.evasion, sentence.parole}) {
      if (IsAppealUnknown(reading, decision)) out.push_back(decision);
    }
  }
  return out;
}

void TellMissed(const v1::Deadline& deadline, const CheckedFact& decision, Findings& findings) {
  findings.Add(kAppealTermMissed, &decision,
               fmt::format("{}: it was {}, and no appeal is recorded. A missed term is not the "
                           "end: {}",
                           deadline.title(), deadline.latest(), kRestoration),
               "Ask counsel: if there was an appeal, add the decision on it, or that there was "
               "none; if the term was missed for a good reason, ask the court to restore it.",
               0, {.deadline = &deadline, .day = DayAfter(deadline)});
}

}  // namespace

void FindAppeals(const Reading& reading, const Deadlines& deadlines, Findings& findings) {
  const std::vector<const CheckedFact*> unknown = UnknownAppeals(reading);
  for (const CheckedFact* decision : unknown) TellUnknown(reading, deadlines, *decision, findings);
  for (const v1::Deadline& deadline : deadlines) {
    if (deadline.kind() != v1::DEADLINE_KIND_APPEAL ||
        deadline.state() != v1::DEADLINE_STATE_PASSED || MayStillRun(deadline)) {
      continue;
    }
    const CheckedFact* decision = FactOf(reading, deadline);
    if (decision == nullptr ||
        std::find(unknown.begin(), unknown.end(), decision) != unknown.end() ||
        !IsWorthAppealing(reading, deadlines, *decision)) {
      continue;
    }
    TellMissed(deadline, *decision, findings);
  }
}

}  // namespace vigil::registry
