#include "registry-svc/domain/trigger.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigil::registry {
namespace {

using civil::Day;

// Years of age.
constexpr int kAdult = 18;

Day Birthday(Day born, int age) { return civil::AddMonths(born, 12 * age); }

template <class List, class Value>
bool AnyOrOneOf(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool PenaltyFits(const Reading& reading, const rules::v1::Trigger& trigger,
                 const CheckedFact& fact) {
  if (trigger.penalties().empty()) return true;
  const Sentence* sentence = SentenceAbout(reading, fact);
  if (fact.kind() == v1::Fact::kReplacement) {
    const v1::Penalty penalty = fact.fact().replacement().penalty();
    // Prison in place of a restriction. Where a verdict of prison had been replaced, its end stays.
    if (penalty == v1::PENALTY_IMPRISONMENT &&
        (sentence == nullptr || sentence->evasion != &fact || sentence->prison())) {
      return false;
    }
    return AnyOrOneOf(trigger.penalties(), int{penalty});
  }
  return sentence != nullptr && sentence->suspended() == trigger.suspended() &&
         sentence->absent == trigger.in_absentia() &&
         AnyOrOneOf(trigger.penalties(), int{sentence->penalty});
}

bool CustodyFits(const rules::v1::Trigger& trigger, const v1::Custody& custody) {
  if (!AnyOrOneOf(trigger.custody_kinds(), int{custody.kind()})) return false;
  if (trigger.police_lockup() && !custody.police_lockup()) return false;
  if (trigger.has_remote() && trigger.remote() != custody.remote()) return false;
  if (trigger.has_on_request() && trigger.on_request() != custody.on_request()) return false;
  return AnyOrOneOf(trigger.requesting_states(), custody.requesting_state());
}

// An earlier grant or renewal of protection by the same State stands before this one.
bool IsFirstGrant(const Reading& reading, const CheckedFact& fact) {
  for (const CheckedFact* other : reading.facts()) {
    if (other == &fact) return true;
    if (!other->fact().has_asylum_step()) continue;
    const auto& step = other->fact().asylum_step();
    if (step.country() == fact.fact().asylum_step().country() &&
        (step.step() == v1::AsylumStep::STEP_GRANTED ||
         step.step() == v1::AsylumStep::STEP_RENEWED)) {
      return false;
    }
  }
  return true;
}

// The tests that belong to one kind of fact.
bool KindFits(const Reading& reading, const rules::v1::Trigger& trigger, const CheckedFact& fact) {
  const v1::Fact& message = fact.fact();
  switch (message.what_case()) {
    case v1::Fact::kCustody:
      return CustodyFits(trigger, message.custody());
    case v1::Fact::kPreventiveMeasure:
      return !message.preventive_measure().lifted() &&
             AnyOrOneOf(trigger.measures(), int{message.preventive_measure().kind()});
    case v1::Fact::kBodyDecision:
      return AnyOrOneOf(trigger.bodies(), int{message.body_decision().body()});
    case v1::Fact::kAsylumStep:
      return AnyOrOneOf(trigger.asylum_steps(), int{message.asylum_step().step()}) &&
             (!trigger.has_first_grant() || trigger.first_grant() == IsFirstGrant(reading, fact));
    case v1::Fact::kListing:
      return AnyOrOneOf(trigger.lists(), int{message.listing().list()});
    case v1::Fact::kTransfer:
      return !trigger.by_court_order() || message.transfer().by_court_order();
    case v1::Fact::kReportingDuty:
      return !message.reporting_duty().ended();
    case v1::Fact::kExtraditionStep:
      return AnyOrOneOf(trigger.extradition_steps(), int{message.extradition_step().step()});
    case v1::Fact::kAppealDecision:
      return AnyOrOneOf(trigger.appeal_results(), int{message.appeal_decision().result()});
    case v1::Fact::kParoleRevocation:
      return AnyOrOneOf(trigger.revocation_grounds(), int{message.parole_revocation().ground()});
    case v1::Fact::kDeferral:
      return AnyOrOneOf(trigger.deferral_grounds(), int{message.deferral().ground()});
    case v1::Fact::kMotion:
      return AnyOrOneOf(trigger.purposes(), int{message.motion().purpose()});
    case v1::Fact::kMotionDecision:
      return AnyOrOneOf(trigger.purposes(), int{message.motion_decision().purpose()}) &&
             (!trigger.has_refused() || trigger.refused() == message.motion_decision().refused());
    case v1::Fact::kCommunication:
      return AnyOrOneOf(trigger.bodies(), int{message.communication().body()}) &&
             AnyOrOneOf(trigger.procedures(), int{message.communication().procedure()});
    case v1::Fact::kDiscipline:
      return !trigger.solitary() ||
             (message.discipline().solitary() && !message.discipline().ended());
    case v1::Fact::kHealth:
      return !trigger.serious() || message.health().serious();
    case v1::Fact::kPersonal:
      return message.personal().pregnant() || message.personal().small_child();
    default:
      return true;
  }
}

bool ClassesFit(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  if (rule.any_class == 0 && rule.no_class == 0) return true;
  const ChargeReading& crimes = CrimesAbout(reading, fact);
  const bool grave = rule.rule.trigger().or_especially_grave() && crimes.count > 0 &&
                     crimes.CertainlyAtLeast(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE);
  if ((crimes.certain & rule.no_class) != 0) return false;
  // What an especially grave crime brings under one rule, it keeps from the other.
  if (rule.any_class == 0) return !grave;
  return grave || (crimes.certain & rule.any_class) != 0;
}

bool IsAlternativeStart(const Reading& reading, const CheckedFact& fact) {
  for (const CheckedFact* other : reading.facts()) {
    if (!other->fact().has_custody()) continue;
    for (const std::string& ref : other->fact().custody().alternative_starts()) {
      if (reading.Means(ref, *other, fact)) return true;
    }
  }
  return false;
}

bool HasTerm(const Reading& reading, const CheckedFact& fact) {
  const Sentence* sentence = reading.SentenceOf(fact);
  return sentence != nullptr ? !sentence->term.empty() : !fact.term.empty();
}

// The fact says that no further remedy is left.
bool RemediesExhausted(const v1::Fact& fact) {
  switch (fact.what_case()) {
    case v1::Fact::kAppealDecision:
      return fact.appeal_decision().remedies_exhausted();
    case v1::Fact::kMotionDecision:
      return fact.motion_decision().remedies_exhausted();
    case v1::Fact::kAsylumStep:
      return fact.asylum_step().remedies_exhausted();
    case v1::Fact::kExtraditionStep:
      return fact.extradition_step().remedies_exhausted();
    default:
      return false;
  }
}

// Under 18 on every day the fact may have happened.
bool IsMinor(const Reading& reading, const CheckedFact& fact) {
  const auto born = reading.Born();
  return born && fact.date.last && Birthday(*born->first, kAdult) > *fact.date.last;
}

// A sentence of prison is in effect and nothing has let the person out.
bool InPrison(const Reading& reading) {
  const Sentence* sentence = reading.Current();
  return sentence != nullptr && sentence->puts_in_prison() && sentence->release == nullptr &&
         sentence->replacement == nullptr &&
         (sentence->parole == nullptr || sentence->revocation != nullptr);
}

// What a trigger asks besides the kind of the fact, the law and the State.
bool RestFits(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  const rules::v1::Trigger& trigger = rule.rule.trigger();
  if (trigger.has_has_term() && trigger.has_term() != HasTerm(reading, fact)) return false;
  if (trigger.untried() && !reading.sentences().empty()) return false;
  if (trigger.alternative_start() && !IsAlternativeStart(reading, fact)) return false;
  if (trigger.remedies_exhausted() && !RemediesExhausted(fact.fact())) return false;
  if (trigger.in_prison() && !InPrison(reading)) return false;
  if (trigger.has_minor() && trigger.minor() != IsMinor(reading, fact)) return false;
  if (!rule.known_within.empty() &&
      (!fact.date.closed() || *fact.date.last > civil::Add(*fact.date.first, rule.known_within))) {
    return false;
  }
  if (!trigger.has_released_early() && !trigger.has_plea_deal()) return true;
  const Sentence* sentence = SentenceAbout(reading, fact);
  if (sentence == nullptr) return false;
  return (!trigger.has_released_early() ||
          sentence->released_early() == trigger.released_early()) &&
         (!trigger.has_plea_deal() || sentence->what().plea_deal() == trigger.plea_deal());
}

// It is law for the trigger: on its day, or, where the milder law reaches back, on any day between
// the act and the day asked for.
bool IsLaw(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  if (!rule.law.reaches_back) return rule.law.Covers(fact.date);
  if (rule.law.from && !reading.HasCome(*rule.law.from)) return false;
  const auto act = reading.ActOr(fact);
  return !rule.law.until || !act || *act <= *rule.law.until;
}

}  // namespace

const Sentence* SentenceAbout(const Reading& reading, const CheckedFact& trigger) {
  const v1::Fact& fact = trigger.fact();
  switch (fact.what_case()) {
    case v1::Fact::kVerdict:
      return reading.SentenceOf(trigger);
    case v1::Fact::kReplacement:
    case v1::Fact::kParole: {
      for (const Sentence& sentence : reading.sentences()) {
        if (sentence.replacement == &trigger || sentence.evasion == &trigger ||
            sentence.parole == &trigger) {
          return &sentence;
        }
      }
      return reading.Current();
    }
    case v1::Fact::kParoleRevocation:
      for (const Sentence& sentence : reading.sentences()) {
        if (sentence.revocation == &trigger) return &sentence;
      }
      return nullptr;
    case v1::Fact::kListing:
    case v1::Fact::kRelease:
      return reading.Current();
    default:
      return nullptr;
  }
}

const ChargeReading& CrimesAbout(const Reading& reading, const CheckedFact& trigger) {
  const Sentence* sentence = SentenceAbout(reading, trigger);
  return sentence != nullptr ? sentence->charges : reading.charged();
}

std::string_view CountryOf(const Reading& reading, const CheckedFact& fact) {
  const v1::Fact& message = fact.fact();
  std::string_view own;
  if (message.has_custody()) own = message.custody().holding_state();
  if (message.has_asylum_step()) own = message.asylum_step().country();
  if (message.has_extradition_step()) own = message.extradition_step().requested_state();
  if (message.has_case_opened()) own = message.case_opened().country();
  return own.empty() ? reading.view().country() : own;
}

bool Triggers(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact) {
  const rules::v1::Trigger& trigger = rule.rule.trigger();
  if (!IsLaw(reading, rule, fact)) return false;
  if (!KindFits(reading, trigger, fact)) return false;
  if (!AnyOrOneOf(trigger.countries(), CountryOf(reading, fact))) return false;
  if (!PenaltyFits(reading, trigger, fact)) return false;
  return RestFits(reading, rule, fact) && ClassesFit(reading, rule, fact);
}

std::optional<Range> InGroupSince(const Reading& reading, const rules::v1::PersonTest& test,
                                  const CheckedFact** ground, std::string* why) {
  if (reading.view().record == nullptr) return std::nullopt;
  const v1::Person& person = reading.view().record->person();
  const int from_age = person.sex() == v1::SEX_FEMALE ? test.women_from() : test.men_from();
  std::optional<Range> since;
  if (const auto born = reading.Born(); born && from_age > 0) {
    since = Range{Birthday(*born->first, from_age), Birthday(*born->last, from_age)};
    *why = fmt::format("Born {}: {} years old from {} on.", civil::DescribeSpan(*born), from_age,
                       DescribeRange(*since));
  }
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() != v1::Fact::kPersonal || !fact->date.closed()) continue;
    const auto& personal = fact->fact().personal();
    const bool in_group = (personal.pregnant() && test.pregnant()) ||
                          (personal.small_child() && test.small_child()) ||
                          (personal.disability() && test.disability());
    if (!in_group || (since && since->first <= *fact->date.first)) continue;
    since = Range{*fact->date.first, *fact->date.last};
    *ground = fact;
    *why = fmt::format("{} since {}.",
                       personal.disability() ? "Disabled"
                       : personal.pregnant() ? "Pregnant"
                                             : "With a small child",
                       civil::DescribeSpan(fact->date));
  }
  return since;
}

}  // namespace vigil::registry
