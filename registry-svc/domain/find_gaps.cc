// Gaps in the facts: what is not known, and how far it could move a date.
#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/domain/credit.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"

namespace vigil::registry {
namespace {

// Bound where a procedure states none.
constexpr int kCustodyBoundDays = 548;

int LongestCustodyDays(const Reading& reading) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr || procedure->longest_custody.empty()) return kCustodyBoundDays;
  return DaysOf(procedure->longest_custody);
}

// The milder the regime, the more a day of custody is worth.
void FindRegimeGap(const Reading& reading, const Sentence& sentence, const Custody& custody,
                   Findings& findings) {
  // Of custody before a total nothing is credited.
  if (sentence.regime != v1::REGIME_UNSPECIFIED || !sentence.what().total_with().empty()) return;
  const Start entry = EntryIntoForce(reading, *sentence.verdict);
  if (entry.points.empty()) return;
  Sentence mildest = sentence;
  mildest.regime = v1::REGIME_MINIMUM;
  const civil::Day day = entry.points.front().day;
  const int shift = CreditFor(reading, mildest, custody, day).most -
                    CreditFor(reading, sentence, custody, day).most;
  if (shift == 0) return;
  findings.Add(kRegimeUnknown, sentence.verdict,
               "The regime of the prison is not known: a day of custody may be worth up to two "
               "(CC 62(3)), and one is counted.",
               "Find the regime in the verdict.", shift);
}

void FindCustodyGap(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const Custody custody = CustodyBefore(reading, sentence);
  if (sentence.prison() && !custody.known && !sentence.term.empty() &&
      sentence.release == nullptr) {
    findings.Add(kCustodyStartUnknown, sentence.verdict,
                 fmt::format("The day custody began before the verdict of {} is not known. Every "
                             "date counted from the term is the latest it can be.",
                             civil::DescribeSpan(sentence.verdict->date)),
                 "Ask counsel or family for the day of arrest, and add it as a custody fact.",
                 std::min(LongestCustodyDays(reading), DaysOf(sentence.term)));
    return;
  }
  if (sentence.prison() && custody.known) FindRegimeGap(reading, sentence, custody, findings);
  if (sentence.penalty != v1::PENALTY_RESTRICTION_OF_LIBERTY) return;
  int shift = 0;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() == v1::Fact::kCustody && !fact->date.closed() && !fact->term.empty()) {
      // A day of custody stands for two of restriction (CC 62(3-1)).
      shift = std::max(shift, 2 * DaysOf(fact->term));
    }
  }
  if (custody.gaps && shift == 0) shift = 2 * LongestCustodyDays(reading);
  if (sentence.follows_prison) shift = std::max(shift, 2 * LongestCustodyDays(reading));
  shift = std::min(shift, DaysOf(sentence.term));
  if (shift == 0) return;
  findings.Add(
      kCustodyNotCredited, sentence.verdict,
      sentence.follows_prison
          ? std::string("Time served under the replaced verdict is not known, so it is not "
                        "credited against the restriction of liberty.")
          : std::string("Custody before the verdict is reported without dates, so it is "
                        "not credited against the restriction of liberty, where a day "
                        "stands for two (CC 62(3-1))."),
      "Find the first and last day in custody.", shift);
}

// Whether anybody appealed decides entry into force, and all that is counted from it.
void FindAppealGap(const Reading& reading, const CheckedFact* decision, Findings& findings) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (decision == nullptr || procedure == nullptr || procedure->usual_appeal.empty()) return;
  if (!decision->date.closed() || AppealOf(reading, *decision) != nullptr) return;
  findings.Add(kAppealUnknown, decision,
               fmt::format("Whether the decision of {} was appealed is not known. An appeal puts "
                           "back its entry into force, and everything counted from it.",
                           civil::DescribeSpan(decision->date)),
               "Ask counsel, and add the decision on appeal, or that there was none.",
               DaysOf(procedure->usual_appeal));
}

void FindTermGap(const Sentence& sentence, Findings& findings) {
  if (!sentence.term.empty() || sentence.penalty == v1::PENALTY_LIFE ||
      (sentence.penalty != v1::PENALTY_IMPRISONMENT &&
       sentence.penalty != v1::PENALTY_RESTRICTION_OF_LIBERTY)) {
    return;
  }
  findings.Add(kTermUnknown, sentence.verdict,
               "The term of the penalty is not known: no end, no parole and no replacement can be "
               "counted.",
               "Find the term in the verdict.", 0);
}

void FindUnusualTerms(const Reading& reading, const Sentence& sentence, Findings& findings) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr) return;
  const auto outside = [](const civil::Term& term, const civil::Term& shortest,
                          const civil::Term& longest) {
    return (!shortest.empty() && DaysOf(term) < DaysOf(shortest)) ||
           (!longest.empty() && DaysOf(term) > DaysOf(longest));
  };
  for (const civil::Term& ban : sentence.verdict->ban_terms) {
    if (ban.empty()) continue;
    if (!outside(ban, procedure->shortest_ban, procedure->longest_ban)) continue;
    findings.Add(kBanTermUnusual, sentence.verdict,
                 fmt::format("A ban of {} is outside what the code allows ({} to {}).",
                             civil::DescribeTerm(ban), civil::DescribeTerm(procedure->shortest_ban),
                             civil::DescribeTerm(procedure->longest_ban)),
                 "Check the term of the ban against the verdict.", 0);
  }
  if (sentence.penalty != v1::PENALTY_RESTRICTION_OF_LIBERTY || sentence.term.empty() ||
      !outside(sentence.term, procedure->shortest_restriction, procedure->longest_restriction)) {
    return;
  }
  findings.Add(kRestrictionTermUnusual, sentence.verdict,
               fmt::format("Restriction of liberty of {} is outside what the code allows ({} to "
                           "{}).",
                           civil::DescribeTerm(sentence.term),
                           civil::DescribeTerm(procedure->shortest_restriction),
                           civil::DescribeTerm(procedure->longest_restriction)),
               "Check the term against the verdict.", 0);
}

void FindReferences(const Reading& reading, Findings& findings) {
  const auto check = [&](const CheckedFact& fact, const std::string& ref) {
    if (ref.empty() || reading.Find(ref, fact) != nullptr) return;
    // A fact that only counts from a later day is no unknown one.
    for (const CheckedFact* other : reading.view().facts) {
      if (reading.Means(ref, fact, *other)) return;
    }
    findings.Add(kReferenceUnknown, &fact,
                 fmt::format("It refers to the fact {}, which does not stand in this case.", ref),
                 "Correct the reference.", 0);
  };
  for (const CheckedFact* fact : reading.facts()) {
    const v1::Fact& message = fact->fact();
    if (message.has_parole()) check(*fact, message.parole().of());
    if (message.has_replacement()) check(*fact, message.replacement().of());
    if (message.has_appeal_decision()) check(*fact, message.appeal_decision().of());
    if (message.has_state_reply()) check(*fact, message.state_reply().to());
    if (message.has_motion_decision()) check(*fact, message.motion_decision().of());
    if (message.has_parole_revocation()) check(*fact, message.parole_revocation().of());
    if (message.has_deferral()) check(*fact, message.deferral().of());
    if (message.has_custody_extension()) check(*fact, message.custody_extension().of());
    for (const std::string& ref : message.verdict().replaces()) check(*fact, ref);
    for (const std::string& ref : message.verdict().total_with()) check(*fact, ref);
    for (const std::string& ref : message.custody().alternative_starts()) check(*fact, ref);
  }
}

void FindAbroad(const Reading& reading, Findings& findings) {
  for (const CheckedFact* fact : reading.facts()) {
    const v1::Fact& message = fact->fact();
    if (message.has_asylum_step() && message.asylum_step().step() == v1::AsylumStep::STEP_REFUSED &&
        !fact->other_date.closed()) {
      findings.Add(kTermNotBegun, fact,
                   "The refusal of protection was not served on a known day: the term to go to "
                   "court has not begun, as far as is known.",
                   "Ask counsel for the decision and the day it was served.", 0);
    }
    if (message.has_custody() && message.custody().kind() == v1::Custody::KIND_EXTRADITION &&
        message.custody().holding_state() == "UA" && !message.custody().on_request()) {
      findings.Add(kOtherLimitPossible, fact,
                   "The 40 days hold for provisional arrest. Had the request for extradition "
                   "already arrived, the limit is 12 months, reviewed every two (CPC of Ukraine, "
                   "article 584).",
                   "Find the day on which the request arrived.", 325);
    }
    if (message.has_communication() && !fact->other_date.closed() &&
        message.communication().procedure() != v1::Communication::PROCEDURE_REVISION) {
      findings.Add(kTermNotBegun, fact,
                   "The day it was transmitted or found admissible is not known: no term for a "
                   "reply or a decision has begun, as far as is known.",
                   "Ask the body for that day.", 0);
    }
    if (message.has_state_reply() && message.state_reply().refused()) {
      findings.Add(kStateRefused, fact,
                   "The State refused to do what the body asked: it is not silent, it does not "
                   "comply.",
                   "Tell the body of the refusal, and ask for follow-up.", 0);
    }
  }
}

}  // namespace

void FindGaps(const Reading& reading, Findings& findings) {
  for (const Sentence& sentence : reading.sentences()) {
    if (!sentence.in_effect()) continue;
    FindCustodyGap(reading, sentence, findings);
    FindTermGap(sentence, findings);
    FindUnusualTerms(reading, sentence, findings);
    const bool counted_from_entry = sentence.penalty == v1::PENALTY_RESTRICTION_OF_LIBERTY ||
                                    (sentence.prison() && CustodyBefore(reading, sentence).known);
    if (counted_from_entry) FindAppealGap(reading, sentence.verdict, findings);
    FindAppealGap(reading, sentence.replacement, findings);
    FindAppealGap(reading, sentence.parole, findings);
  }
  FindReferences(reading, findings);
  FindAbroad(reading, findings);
}

}  // namespace vigil::registry
