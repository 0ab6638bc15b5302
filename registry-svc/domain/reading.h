// A case as the rules read it: the facts that count on a day, in order, and the verdicts with what
// became of them. Internal to the domain; made once for each derivation.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "registry-svc/domain/case_view.h"
#include "registry-svc/domain/charges.h"
#include "registry-svc/domain/compiled_rules.h"

namespace vigil::registry {

// A verdict and what became of it. Facts are null where there is none.
struct Sentence {
  const CheckedFact* verdict = nullptr;
  v1::Penalty penalty = v1::PENALTY_UNSPECIFIED;
  // The main term, as changed on appeal.
  civil::Term term;
  // Upheld, changed or not appealed.
  const CheckedFact* appeal = nullptr;
  // The charges as the court of appeal left them, where it says so.
  std::optional<ChargeList> on_appeal;
  // The later verdict, the annulment, or the acquittal on appeal that took its place.
  const CheckedFact* replaced_by = nullptr;
  // A later verdict whose total holds this one's term.
  const CheckedFact* absorbed_by = nullptr;
  // What the verdict, or where it is silent a transfer that no court ordered, says of the regime.
  v1::Regime regime = v1::REGIME_UNSPECIFIED;
  // Given in absence, and nobody has begun to serve it.
  bool absent = false;
  // It took the place of a verdict of imprisonment, so time has been served that is not known.
  bool follows_prison = false;
  // A court's order of prison for what was left of a restriction of liberty that was evaded (CC
  // 2014 article 44); the last one. `replacement` and `release` are then ones after it, null where
  // nothing came after.
  const CheckedFact* evasion = nullptr;
  // Orders and the release that end imprisonment early.
  const CheckedFact* replacement = nullptr;
  const CheckedFact* parole = nullptr;
  const CheckedFact* release = nullptr;
  // A court's order that revoked the parole, and the release on that parole. `release` is then one
  // after it.
  const CheckedFact* revocation = nullptr;
  const CheckedFact* paroled_release = nullptr;
  ChargeReading charges;

  const v1::Verdict& what() const { return verdict->fact().verdict(); }
  // Each charge with its outcome.
  const ChargeList& decided() const { return on_appeal ? *on_appeal : what().charges(); }
  // The court of appeal acquitted of every charge, or dropped it.
  bool cleared_on_appeal() const { return replaced_by != nullptr && replaced_by == appeal; }
  bool in_effect() const { return replaced_by == nullptr && absorbed_by == nullptr; }
  bool suspended() const { return !verdict->probation.empty(); }
  // Imprisonment that is, or was, served.
  bool prison() const {
    return (penalty == v1::PENALTY_IMPRISONMENT || penalty == v1::PENALTY_LIFE) && !suspended() &&
           !absent;
  }
  // The person is, or was, in prison under it: by the verdict, or for having evaded the
  // restriction.
  bool puts_in_prison() const { return prison() || evasion != nullptr; }
  bool released_early() const;
};

// Borrows the view and the book; lives for one derivation, on one thread.
class Reading {
 public:
  Reading(const CaseView& view, const CompiledBook& book, civil::Day as_of);

  const CaseView& view() const { return view_; }
  const CompiledBook& book() const { return book_; }
  // The day is asked about in these two ways alone, which tells how long the answers hold.
  bool HasCome(civil::Day day) const {
    if (day <= as_of_) return true;
    next_change_ = std::min(next_change_, day);
    return false;
  }
  // For what counts the days up to it, and is another each day.
  civil::Day as_of() const {
    next_change_ = std::min(next_change_, as_of_ + std::chrono::days(1));
    return as_of_;
  }
  // The first later day on which something that was asked so far would be answered otherwise;
  // Day::max() where there is none.
  civil::Day next_change() const { return next_change_; }

  // Facts that count on the day, by the day from which they count, then by order of record; undated
  // ones first.
  const std::vector<const CheckedFact*>& facts() const { return facts_; }
  // Marks, planned events and dates set by hand count too, though they lie ahead: they are in
  // facts().

  // The fact that `ref` of `from` means: the standing fact of that line; null where there is none.
  const CheckedFact* Find(std::string_view ref, const CheckedFact& from) const;
  // `ref` of `from` means `target`.
  bool Means(std::string_view ref, const CheckedFact& from, const CheckedFact& target) const;

  // Verdicts in order of time.
  const std::vector<Sentence>& sentences() const { return sentences_; }
  // The verdict of this fact; null for other facts.
  const Sentence* SentenceOf(const CheckedFact& fact) const;
  // The latest verdict in effect; null where there is none.
  const Sentence* Current() const;
  // The decision on appeal that annulled this decision; null where there is none.
  const CheckedFact* AnnulledBy(const CheckedFact& decision) const;
  // What the person is charged with now: the latest accusation, else what the case was opened on.
  const ChargeReading& charged() const { return charged_; }
  // The facts that `charged` was read from; null where no charge is known.
  const CheckedFact* accusation() const { return accusation_; }
  // The days between which the person was born, from the record and from facts on age.
  std::optional<civil::Span> Born() const;
  // The first possible day of the latest alleged act; without one, of `fact`.
  std::optional<civil::Day> ActOr(const CheckedFact& fact) const;

 private:
  void CollectFacts();
  void CollectSentences();
  void FollowUp(Sentence& sentence);
  void FollowReplacements(Sentence& sentence);
  void FollowOut(Sentence& sentence);
  void ReadAccusation();

  const CaseView& view_;
  const CompiledBook& book_;
  const civil::Day as_of_;
  mutable civil::Day next_change_ = civil::Day::max();
  std::vector<const CheckedFact*> facts_;
  std::vector<Sentence> sentences_;
  ChargeReading charged_;
  const CheckedFact* accusation_ = nullptr;
};

// Such facts are known ahead of their day.
bool KnownAhead(v1::Fact::WhatCase kind);

// `later` may have happened on or after the first possible day of `earlier`. Undated facts are
// before dated ones.
bool NotBefore(const CheckedFact& later, const CheckedFact& earlier);

// `fact` lies wholly before `other`.
bool Precedes(const CheckedFact& fact, const CheckedFact& other);

}  // namespace vigil::registry
