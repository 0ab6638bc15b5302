#include "registry-svc/domain/reading.h"

#include <algorithm>

namespace vigil::registry {
namespace {

bool SameParent(std::string_view a, std::string_view b) {
  const size_t slash = a.rfind('/');
  return slash == b.rfind('/') && a.substr(0, slash + 1) == b.substr(0, slash + 1);
}

// On the last possible day of `other`, or later, whatever the days are.
bool IsAfter(const CheckedFact& fact, const CheckedFact& other) {
  return fact.date.first && other.date.last && *fact.date.first >= *other.date.last;
}

// A release that may be from the prison of this verdict: one without a date only where it says that
// it was from prison.
bool LeavesPrison(const CheckedFact& release, const CheckedFact& verdict) {
  const auto from = release.fact().release().from();
  if (from == v1::Release::FROM_PRISON && release.date.empty()) return true;
  return (from == v1::Release::FROM_PRISON || from == v1::Release::FROM_UNSPECIFIED) &&
         NotBefore(release, verdict);
}

// A release on parole that may have been before its revocation was.
bool IsOnRevokedParole(const Sentence& sentence, const CheckedFact& release) {
  return sentence.revocation != nullptr &&
         release.fact().release().ground() == v1::Release::GROUND_PAROLE &&
         !Precedes(*sentence.revocation, release);
}

// Let out of the prison that came before the restriction which was evaded.
bool IsBeforeEvasion(const Sentence& sentence, const CheckedFact& release) {
  if (sentence.evasion == nullptr) return false;
  if (!NotBefore(release, *sentence.evasion)) return true;
  return release.fact().release().ground() == v1::Release::GROUND_REPLACEMENT &&
         (sentence.replacement == nullptr || !NotBefore(release, *sentence.replacement));
}

}  // namespace

bool Sentence::released_early() const {
  if (revocation != nullptr) return false;
  if (parole != nullptr || replacement != nullptr) return true;
  if (release == nullptr) return false;
  const auto ground = release->fact().release().ground();
  return ground == v1::Release::GROUND_EARLY || ground == v1::Release::GROUND_PAROLE ||
         ground == v1::Release::GROUND_REPLACEMENT;
}

bool KnownAhead(v1::Fact::WhatCase kind) {
  return kind == v1::Fact::kPlannedEvent || kind == v1::Fact::kManualDate;
}

bool NotBefore(const CheckedFact& later, const CheckedFact& earlier) {
  const auto& start = earlier.date.first ? earlier.date.first : earlier.date.last;
  if (!start) return true;
  const auto end = later.date.last ? later.date.last : later.date.first;
  return end && *end >= *start;
}

bool Precedes(const CheckedFact& fact, const CheckedFact& other) {
  return fact.date.last && other.date.first && *fact.date.last < *other.date.first;
}

Reading::Reading(const CaseView& view, const CompiledBook& book, civil::Day as_of)
    : view_(view), book_(book), as_of_(as_of) {
  CollectFacts();
  CollectSentences();
  ReadAccusation();
}

void Reading::CollectFacts() {
  facts_.reserve(view_.facts.size());
  for (const CheckedFact* fact : view_.facts) {
    if (fact->fact().has_retract_time() || fact->fact().has_erase_time()) continue;
    // The last of a line stands; only a correction can have another before it.
    if (!fact->fact().lineage().empty()) {
      std::erase_if(facts_, [&](const CheckedFact* other) { return other->line == fact->line; });
    }
    facts_.push_back(fact);
  }
  std::erase_if(facts_, [&](const CheckedFact* fact) {
    const auto from = fact->date.known_from();
    return from && !KnownAhead(fact->kind()) && !HasCome(*from);
  });
  std::stable_sort(facts_.begin(), facts_.end(), [](const CheckedFact* a, const CheckedFact* b) {
    return a->date.known_from() < b->date.known_from();
  });
}

bool Reading::Means(std::string_view ref, const CheckedFact& from,
                    const CheckedFact& target) const {
  if (ref.empty()) return false;
  const std::string& name = target.fact().name();
  if (ref == name || ref == target.line) return true;
  if (ref.find('/') != std::string_view::npos) return false;
  return (ref == IdOf(name) && SameParent(name, from.fact().name())) ||
         (ref == IdOf(target.line) && SameParent(target.line, from.fact().name()));
}

const CheckedFact* Reading::Find(std::string_view ref, const CheckedFact& from) const {
  for (const CheckedFact* fact : facts_) {
    if (Means(ref, from, *fact)) return fact;
  }
  // A reference to a correction that was itself corrected: any fact of the view gives the line.
  for (const CheckedFact* old : view_.facts) {
    if (!Means(ref, from, *old)) continue;
    for (const CheckedFact* fact : facts_) {
      if (fact->line == old->line) return fact;
    }
  }
  return nullptr;
}

void Reading::CollectSentences() {
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() != v1::Fact::kVerdict) continue;
    Sentence sentence;
    sentence.verdict = fact;
    sentence.penalty = fact->fact().verdict().penalty();
    sentence.term = fact->term;
    sentence.regime = fact->fact().verdict().regime();
    sentence.absent = fact->fact().verdict().in_absentia();
    sentences_.push_back(sentence);
  }
  for (Sentence& sentence : sentences_) FollowUp(sentence);
  for (Sentence& sentence : sentences_) {
    const auto& what = sentence.what();
    for (Sentence& other : sentences_) {
      for (const std::string& ref : what.replaces()) {
        if (!Means(ref, *sentence.verdict, *other.verdict)) continue;
        other.replaced_by = sentence.verdict;
        sentence.follows_prison |= other.prison();
      }
      for (const std::string& ref : what.total_with()) {
        if (Means(ref, *sentence.verdict, *other.verdict)) other.absorbed_by = sentence.verdict;
      }
    }
    const int prison_months = sentence.penalty == v1::PENALTY_LIFE ? 999 * 12
                              : sentence.prison() ? sentence.term.months + (sentence.term.days > 0)
                                                  : 0;
    sentence.charges = ReadCharges(sentence.decided(), book_.articles, prison_months);
  }
}

void Reading::FollowUp(Sentence& sentence) {
  for (const CheckedFact* fact : facts_) {
    switch (fact->kind()) {
      case v1::Fact::kAppealDecision: {
        const auto& appeal = fact->fact().appeal_decision();
        if (!Means(appeal.of(), *fact, *sentence.verdict)) break;
        if (appeal.result() == v1::AppealDecision::RESULT_ANNULLED) {
          sentence.replaced_by = fact;
          break;
        }
        sentence.appeal = fact;
        if (!fact->term.empty()) sentence.term = fact->term;
        if (appeal.charges().empty()) break;
        sentence.on_appeal = OnAppeal(sentence.decided(), appeal.charges());
        if (!AnyCounts(*sentence.on_appeal)) sentence.replaced_by = fact;
        break;
      }
      case v1::Fact::kParole: {
        if (AnnulledBy(*fact) != nullptr) break;
        const std::string& of = fact->fact().parole().of();
        if (of.empty() ? NotBefore(*fact, *sentence.verdict)
                       : Means(of, *fact, *sentence.verdict)) {
          sentence.parole = fact;
        }
        break;
      }
      case v1::Fact::kTransfer:
        // What a court orders later is another regime than the one the verdict set.
        if (sentence.regime == v1::REGIME_UNSPECIFIED &&
            !fact->fact().transfer().by_court_order() && NotBefore(*fact, *sentence.verdict)) {
          sentence.regime = fact->fact().transfer().regime();
        }
        break;
      case v1::Fact::kCustody:
        if (IsAfter(*fact, *sentence.verdict)) sentence.absent = false;
        break;
      default:
        break;
    }
  }
  FollowReplacements(sentence);
  FollowOut(sentence);
}

// A milder penalty, prison for who evaded one, and a milder penalty again. There is one restriction
// to each order of prison that was evaded before it, the verdict's or one that was ordered: where
// the days leave it open whether a milder penalty came before the last prison, it did if it takes
// one more to be evaded, and else took that prison's place.
void Reading::FollowReplacements(Sentence& sentence) {
  std::vector<const CheckedFact*> milder;
  const CheckedFact* prison = nullptr;
  const bool restricted = sentence.penalty == v1::PENALTY_RESTRICTION_OF_LIBERTY;
  int to_evade = restricted ? -1 : 0;
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() != v1::Fact::kReplacement || AnnulledBy(*fact) != nullptr) continue;
    const auto& order = fact->fact().replacement();
    if (order.of().empty() ? !NotBefore(*fact, *sentence.verdict)
                           : !Means(order.of(), *fact, *sentence.verdict)) {
      continue;
    }
    if (order.penalty() != v1::PENALTY_IMPRISONMENT) {
      milder.push_back(fact);
      continue;
    }
    prison = fact;
    ++to_evade;
  }
  bool evaded = prison != nullptr && restricted;
  if (prison != nullptr) {
    std::erase_if(milder, [&](const CheckedFact* order) {
      if (Precedes(*prison, *order)) return false;
      const bool before = to_evade-- > 0 || Precedes(*order, *prison);
      evaded |= before;
      return before;
    });
  }
  sentence.evasion = evaded ? prison : nullptr;
  sentence.replacement = !milder.empty() ? milder.back() : evaded ? nullptr : prison;
}

// Out of prison, and back. Read after all else: a revocation or a release without a date comes
// first among the facts.
void Reading::FollowOut(Sentence& sentence) {
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() != v1::Fact::kParoleRevocation || sentence.parole == nullptr) continue;
    const std::string& of = fact->fact().parole_revocation().of();
    if (of.empty() ? NotBefore(*fact, *sentence.parole) : Means(of, *fact, *sentence.parole)) {
      sentence.revocation = fact;
    }
  }
  bool paroled = sentence.revocation != nullptr;
  for (const CheckedFact* fact : facts_) {
    if (fact == sentence.revocation) paroled = false;
    if (fact->kind() != v1::Fact::kRelease || !sentence.puts_in_prison() ||
        !LeavesPrison(*fact, *sentence.verdict) || IsBeforeEvasion(sentence, *fact)) {
      continue;
    }
    const bool before = paroled || IsOnRevokedParole(sentence, *fact);
    (before ? sentence.paroled_release : sentence.release) = fact;
  }
}

const CheckedFact* Reading::AnnulledBy(const CheckedFact& decision) const {
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() != v1::Fact::kAppealDecision) continue;
    const auto& appeal = fact->fact().appeal_decision();
    if (appeal.result() == v1::AppealDecision::RESULT_ANNULLED &&
        Means(appeal.of(), *fact, decision)) {
      return fact;
    }
  }
  return nullptr;
}

void Reading::ReadAccusation() {
  const google::protobuf::RepeatedPtrField<v1::Charge>* charges = nullptr;
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() == v1::Fact::kAccusation) {
      charges = &fact->fact().accusation().charges();
      accusation_ = fact;
    } else if (fact->kind() == v1::Fact::kCaseOpened && charges == nullptr &&
               !fact->fact().case_opened().charges().empty()) {
      charges = &fact->fact().case_opened().charges();
      accusation_ = fact;
    }
  }
  if (charges != nullptr) charged_ = ReadCharges(*charges, book_.articles, 0);
}

std::optional<civil::Span> Reading::Born() const {
  if (view_.record == nullptr) return std::nullopt;
  std::optional<civil::Span> born;
  const auto narrow = [&](civil::Day first, civil::Day last) {
    if (!born) {
      born = civil::SpanOf(first, last);
    } else if (std::max(first, *born->first) <= std::min(last, *born->last)) {
      born = civil::SpanOf(std::max(first, *born->first), std::min(last, *born->last));
    }
  };
  if (!view_.record->person().born().empty()) {
    const auto stated = civil::ParseSpan(view_.record->person().born());
    if (stated.ok() && stated->closed()) narrow(*stated->first, *stated->last);
  }
  for (const CheckedFact* fact : facts_) {
    if (fact->kind() != v1::Fact::kPersonal || !fact->date.closed()) continue;
    const int age = fact->fact().personal().age();
    if (age <= 0) continue;
    // Between a day after `age + 1` years and `age` years before.
    narrow(civil::AddMonths(*fact->date.first, -12 * (age + 1)) + std::chrono::days(1),
           civil::AddMonths(*fact->date.last, -12 * age));
  }
  return born;
}

std::optional<civil::Day> Reading::ActOr(const CheckedFact& fact) const {
  for (auto it = facts_.rbegin(); it != facts_.rend(); ++it) {
    if ((*it)->kind() == v1::Fact::kAllegedAct && (*it)->date.first) return (*it)->date.first;
  }
  return fact.date.first;
}

const Sentence* Reading::SentenceOf(const CheckedFact& fact) const {
  for (const Sentence& sentence : sentences_) {
    if (sentence.verdict == &fact) return &sentence;
  }
  return nullptr;
}

const Sentence* Reading::Current() const {
  const Sentence* current = nullptr;
  for (const Sentence& sentence : sentences_) {
    if (sentence.in_effect()) current = &sentence;
  }
  return current;
}

}  // namespace vigil::registry
