#include "registry-svc/domain/standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/day_state/day_state.h"
#include "registry-svc/domain/trigger.h"

namespace vigil::registry {
namespace {

using rules::v1::FactTest;

template <class List>
bool UnknownOrOneOf(const List& list, int value) {
  return list.empty() || value == 0 || std::find(list.begin(), list.end(), value) != list.end();
}

template <class List>
bool Contains(const List& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// What the fact says it is about; empty where it does not.
std::string_view AboutOf(const v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kParole:
      return fact.parole().of();
    case v1::Fact::kReplacement:
      return fact.replacement().of();
    case v1::Fact::kAppealDecision:
      return fact.appeal_decision().of();
    case v1::Fact::kStateReply:
      return fact.state_reply().to();
    case v1::Fact::kMotion:
      return fact.motion().of();
    case v1::Fact::kMotionDecision:
      return fact.motion_decision().of();
    case v1::Fact::kParoleRevocation:
      return fact.parole_revocation().of();
    case v1::Fact::kDeferral:
      return fact.deferral().of();
    case v1::Fact::kCustodyExtension:
      return fact.custody_extension().of();
    default:
      return {};
  }
}

bool KindPasses(const FactTest& test, const v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kRelease:
      return UnknownOrOneOf(test.release_from(), fact.release().from()) &&
             (test.grounds().empty() || Contains(test.grounds(), fact.release().ground()));
    case v1::Fact::kCaseStage:
      return Contains(test.stages(), fact.case_stage().stage());
    case v1::Fact::kPreventiveMeasure:
      return !test.has_lifted() || test.lifted() == fact.preventive_measure().lifted();
    case v1::Fact::kReportingDuty:
      return test.ended() == fact.reporting_duty().ended();
    case v1::Fact::kDiscipline:
      return test.ended() == fact.discipline().ended();
    case v1::Fact::kMotion:
      return UnknownOrOneOf(test.purposes(), fact.motion().purpose());
    case v1::Fact::kMotionDecision:
      return UnknownOrOneOf(test.purposes(), fact.motion_decision().purpose());
    case v1::Fact::kAsylumStep:
      return UnknownOrOneOf(test.asylum_steps(), fact.asylum_step().step());
    case v1::Fact::kMedicalReview:
      return UnknownOrOneOf(test.reviewers(), fact.medical_review().by());
    case v1::Fact::kStateReply:
      return !test.not_refused() || !fact.state_reply().refused();
    default:
      return true;
  }
}

bool Passes(const Reading& reading, const FactTest& test, const CheckedFact& fact,
            const CheckedFact* trigger) {
  if (static_cast<int>(fact.kind()) != static_cast<int>(test.fact()) || &fact == trigger) {
    return false;
  }
  // What is planned has not happened.
  const auto from = fact.date.known_from();
  if (from && !reading.HasCome(*from)) return false;
  if (!KindPasses(test, fact.fact())) return false;
  if (trigger == nullptr) return true;
  if (test.about_trigger()) {
    const std::string_view about = AboutOf(fact.fact());
    if (!about.empty()) return reading.Means(about, fact, *trigger);
  }
  return test.any_time() || NotBefore(fact, *trigger);
}

// The last mark on the deadline; null where there is none.
const CheckedFact* MarkOn(const Reading& reading, std::string_view name) {
  const CheckedFact* found = nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() == v1::Fact::kDeadlineMark &&
        IdOf(fact->fact().deadline_mark().deadline()) == IdOf(name)) {
      found = fact;
    }
  }
  return found;
}

// The order of prison for who evaded the restriction, where the rule counts from the day on which
// that restriction is served: it never will be. What record the law leaves then was not read.
const CheckedFact* EvadedInstead(const Reading& reading, const CompiledRule& rule,
                                 const CheckedFact& trigger) {
  if (rule.rule.anchor() != rules::v1::ANCHOR_PENALTIES_SERVED) return nullptr;
  const Sentence* sentence = SentenceAbout(reading, trigger);
  return sentence == nullptr || sentence->prison() ? nullptr : sentence->evasion;
}

}  // namespace

std::string ByAuthor(const v1::Fact& fact) {
  return fact.author().empty() ? std::string() : " by " + fact.author();
}

std::vector<const CheckedFact*> AllPassing(
    const Reading& reading, const google::protobuf::RepeatedPtrField<FactTest>& tests,
    const CheckedFact* trigger) {
  std::vector<const CheckedFact*> out;
  if (tests.empty()) return out;
  for (const CheckedFact* fact : reading.facts()) {
    for (const FactTest& test : tests) {
      if (!Passes(reading, test, *fact, trigger)) continue;
      out.push_back(fact);
      break;
    }
  }
  return out;
}

const CheckedFact* FirstPassing(const Reading& reading,
                                const google::protobuf::RepeatedPtrField<FactTest>& tests,
                                const CheckedFact* trigger) {
  if (tests.empty()) return nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    for (const FactTest& test : tests) {
      if (!test.beyond() && Passes(reading, test, *fact, trigger)) return fact;
    }
  }
  return nullptr;
}

const CheckedFact* ExtendedBeyond(const Reading& reading, const CompiledRule& rule,
                                  const CheckedFact* trigger, const Range& range) {
  for (const FactTest& test : rule.rule.met_by()) {
    if (!test.beyond()) continue;
    for (const CheckedFact* fact : reading.facts()) {
      if (fact->other_date.first && *fact->other_date.first > range.last &&
          Passes(reading, test, *fact, trigger)) {
        return fact;
      }
    }
  }
  return nullptr;
}

Ends EndsOf(const Reading& reading, const CompiledRule& rule, const CheckedFact* trigger) {
  Ends ends;
  if (!rule.recurs()) ends.met_by = FirstPassing(reading, rule.rule.met_by(), trigger);
  ends.withdrawn_by = FirstPassing(reading, rule.rule.withdrawn_by(), trigger);
  if (ends.withdrawn_by == nullptr && trigger != nullptr) {
    const Sentence* sentence = reading.SentenceOf(*trigger);
    ends.withdrawn_by = sentence != nullptr ? sentence->replaced_by : reading.AnnulledBy(*trigger);
  }
  if (ends.withdrawn_by == nullptr && trigger != nullptr) {
    ends.withdrawn_by = EvadedInstead(reading, rule, *trigger);
  }
  if (ends.withdrawn_by == nullptr && !rule.rule.survives_death()) {
    for (const CheckedFact* fact : reading.facts()) {
      if (fact->kind() == v1::Fact::kDeath) ends.withdrawn_by = fact;
    }
  }
  return ends;
}

namespace {

// A fact that says how it stands: what is told of it is told by the deadline too.
void StandBy(const CheckedFact& fact, v1::Deadline& deadline) {
  const std::string& name = fact.fact().name();
  const auto& facts = deadline.facts();
  if (std::find(facts.begin(), facts.end(), name) == facts.end()) deadline.add_facts(name);
}

}  // namespace

void SetState(const Reading& reading, const Ends& ends, const Range& range,
              v1::Deadline& deadline) {
  if (const CheckedFact* mark = MarkOn(reading, deadline.name()); mark != nullptr) {
    const auto& what = mark->fact().deadline_mark();
    const bool met = what.mark() == v1::DeadlineMark::MARK_MET;
    deadline.set_state(met ? v1::DEADLINE_STATE_MET : v1::DEADLINE_STATE_WAIVED);
    StandBy(*mark, deadline);
    deadline.add_explanation(fmt::format("Marked as {}{}: {}.", met ? "met" : "waived",
                                         ByAuthor(mark->fact()), what.reason()));
    return;
  }
  if (ends.met_by != nullptr) {
    deadline.set_state(v1::DEADLINE_STATE_MET);
    StandBy(*ends.met_by, deadline);
    deadline.add_explanation(fmt::format("Met by a later fact ({}) of {}.",
                                         IdOf(ends.met_by->fact().name()),
                                         civil::DescribeSpan(ends.met_by->date)));
    return;
  }
  if (ends.withdrawn_by != nullptr) {
    // What had passed before its ground went has passed; a right that was open is open no more.
    const auto gone = ends.withdrawn_by->date.first ? ends.withdrawn_by->date.first
                                                    : ends.withdrawn_by->date.last;
    if (!gone || *gone <= range.last || deadline.nature() == v1::DEADLINE_NATURE_OPENS) {
      deadline.set_state(v1::DEADLINE_STATE_WITHDRAWN);
      StandBy(*ends.withdrawn_by, deadline);
      deadline.add_explanation(fmt::format(
          "Withdrawn: a later fact ({}) of {} took its ground away.",
          IdOf(ends.withdrawn_by->fact().name()), civil::DescribeSpan(ends.withdrawn_by->date)));
      return;
    }
  }
  deadline.set_state(StateOfTheDay(range.first, range.last, deadline.nature(),
                                   [&](civil::Day day) { return reading.HasCome(day); }));
}

}  // namespace vigil::registry
