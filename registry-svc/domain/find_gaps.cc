// Gaps in the facts: what is not known, and how far it could move a date.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "registry-svc/domain/credit.h"
#include "registry-svc/domain/deadline.h"
#include "registry-svc/domain/findings.h"
#include "registry-svc/domain/references.h"
#include "registry-svc/domain/trigger.h"

namespace vigil::registry {
namespace {

// Bound where a procedure states none.
constexpr int kCustodyBoundDays = 548;

int LongestCustodyDays(const Reading& reading) {
  const CompiledProcedure* procedure = reading.book().ProcedureOf(reading.view().country());
  if (procedure == nullptr || procedure->longest_custody.empty()) return kCustodyBoundDays;
  return DaysOf(procedure->longest_custody);
}

// "3/2 (CC 62(3))"; "nothing" where no credit is known.
std::string WorthOf(const rules::v1::Credit* credit) {
  if (credit == nullptr) return "nothing";
  return fmt::format("{}{}{}", credit->numerator(),
                     credit->denominator() == 1 ? "" : fmt::format("/{}", credit->denominator()),
                     credit->citation().empty() ? "" : fmt::format(" ({})", credit->citation()));
}

int WorthDays(const rules::v1::Credit* credit, int days) {
  return credit == nullptr ? 0 : civil::ScaleUp(days, credit->numerator(), credit->denominator());
}

// It rests on the stays in custody too.
Ground HeldBefore(const Custody& custody) {
  Ground out;
  for (const Custody::Stay& stay : custody.stays) out.facts.push_back(stay.fact);
  return out;
}

// The milder the regime, the more a day of custody is worth.
void FindRegimeGap(const Reading& reading, const Sentence& sentence, const Custody& custody,
                   Findings& findings) {
  // Of custody before a total nothing is credited.
  if (sentence.regime != v1::REGIME_UNSPECIFIED || !sentence.what().total_with().empty()) return;
  const Start entry = EntryIntoForce(reading, *sentence.verdict);
  if (entry.points.empty()) return;
  const civil::Day day = entry.points.front().day;
  const int counted = CreditFor(reading, sentence, custody, day).most;
  int most = counted;
  std::string worth;
  for (int regime = 1; regime < v1::Regime_ARRAYSIZE; ++regime) {
    Sentence supposed = sentence;
    supposed.regime = static_cast<v1::Regime>(regime);
    const int days = CreditFor(reading, supposed, custody, day).most;
    if (days <= most) continue;
    most = days;
    worth = WorthOf(BestCredit(reading, supposed, rules::v1::CREDIT_OF_CUSTODY));
  }
  if (most == counted) return;
  findings.Add(
      kRegimeUnknown, sentence.verdict,
      fmt::format("The regime of the prison is not known: a day of custody may be worth up "
                  "to {}, and {} is counted.",
                  worth, WorthOf(BestCredit(reading, sentence, rules::v1::CREDIT_OF_CUSTODY))),
      "Find the regime in the verdict.", most - counted, HeldBefore(custody));
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
  int held = 0;
  Ground ground;
  for (const CheckedFact* fact : reading.facts()) {
    if (fact->kind() == v1::Fact::kCustody && !fact->date.closed() && !fact->term.empty()) {
      held = std::max(held, DaysOf(fact->term));
      ground.facts.push_back(fact);
    }
  }
  if (custody.gaps && held == 0) held = LongestCustodyDays(reading);
  if (sentence.follows_prison) held = std::max(held, LongestCustodyDays(reading));
  const rules::v1::Credit* credit = BestCredit(reading, sentence, rules::v1::CREDIT_OF_CUSTODY);
  const int shift = std::min(WorthDays(credit, held), DaysOf(sentence.term));
  if (shift == 0) return;
  findings.Add(
      kCustodyNotCredited, sentence.verdict,
      sentence.follows_prison
          ? std::string("Time served under the replaced verdict is not known, so it is not "
                        "credited against the restriction of liberty.")
          : fmt::format("Custody before the verdict is reported without dates, so it is not "
                        "credited against the restriction of liberty, where a day is worth {}.",
                        WorthOf(credit)),
      "Find the first and last day in custody.", shift, ground);
}

// The term may be that of the court of appeal.
Ground OnAppeal(const Sentence& sentence) {
  const bool changed = sentence.appeal != nullptr && !sentence.appeal->term.empty();
  return {.facts = {changed ? sentence.appeal : nullptr}};
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
               "Check the term against the verdict.", 0, OnAppeal(sentence));
}

void FindReferences(const Reading& reading, Findings& findings) {
  const auto check = [&](const CheckedFact& fact, const std::string& ref) {
    if (reading.Find(ref, fact) != nullptr) return;
    // A fact that only counts from a later day is no unknown one.
    for (const CheckedFact* other : reading.view().facts) {
      if (reading.Means(ref, fact, *other)) return;
    }
    findings.Add(kReferenceUnknown, &fact,
                 fmt::format("It refers to the fact {}, which does not stand in this case.", ref),
                 "Correct the reference.", 0);
  };
  for (const CheckedFact* fact : reading.facts()) {
    ForEachReference(fact->fact(),
                     [&](std::string_view, const std::string& to, Order) { check(*fact, to); });
  }
}

// The longest limit of custody for extradition that hangs on whether the request has arrived; null
// where the packs have none.
const CompiledRule* ExtraditionLimit(const Reading& reading, const CheckedFact& custody) {
  const CompiledRule* longest = nullptr;
  for (const CompiledRule* rule : reading.book().by_kind[v1::Fact::kCustody]) {
    if (rule->rule.kind() != v1::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT ||
        !rule->rule.trigger().has_on_request() || !Triggers(reading, *rule, custody)) {
      continue;
    }
    if (longest == nullptr || DaysOf(longest->term) < DaysOf(rule->term)) longest = rule;
  }
  return longest;
}

// Custody for extradition without a request, so far as is known: another limit holds if one had
// come.
void FindOtherLimit(const Reading& reading, const CheckedFact& fact, Findings& findings) {
  const v1::Custody& custody = fact.fact().custody();
  if (custody.kind() != v1::Custody::KIND_EXTRADITION || custody.on_request()) return;
  v1::Fact arrived = fact.fact();
  arrived.mutable_custody()->set_on_request(true);
  CheckedFact supposed = fact;
  supposed.message = std::make_shared<const v1::Fact>(std::move(arrived));
  const CompiledRule* now = ExtraditionLimit(reading, fact);
  const CompiledRule* then = ExtraditionLimit(reading, supposed);
  if (now == nullptr || then == nullptr) return;
  findings.Add(
      kOtherLimitPossible, &fact,
      fmt::format("{} ({}). Had the request for extradition already arrived, another limit "
                  "would hold: {} ({}).",
                  now->rule.title(), now->rule.citation(), then->rule.title(),
                  then->rule.citation()),
      "Find the day on which the request arrived.",
      std::abs(DaysOf(then->term) - DaysOf(now->term)));
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
    FindOtherLimit(reading, *fact, findings);
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
  }
  FindReferences(reading, findings);
  FindAbroad(reading, findings);
}

}  // namespace vigil::registry
