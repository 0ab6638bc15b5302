// What is not known of a verdict, filled in with all that it can be: how grave the crime is, which
// part of the article, and what the court of appeal made of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "registry-svc/domain/reading.h"
#include "tests/unit/domain/compared.h"

namespace vigil::registry {
namespace {

constexpr uint64_t kCases = 800;

// How grave the crime can be that the dates hang on, and the fact that charges it.
struct Crime {
  std::string fact;
  GravitySet gravity = 0;
};

// Of the verdict in effect; without a verdict, of the accusation. Nothing where the verdict fell.
Crime CrimeOf(const v1::Case& record, const Facts& facts) {
  TestCase one(record);
  for (const v1::Fact& fact : facts) one.Add(fact);
  const CaseView view = one.View();
  const Reading reading(view, Rules().compiled(), *civil::ParseDay(kAfterAll));
  if (const Sentence* sentence = reading.Current(); sentence != nullptr) {
    return {std::string(IdOf(sentence->verdict->fact().name())), sentence->charges.gravity};
  }
  if (!reading.sentences().empty() || reading.accusation() == nullptr) return {};
  return {std::string(IdOf(reading.accusation()->fact().name())), reading.charged().gravity};
}

// The one charge of that fact, where no gravity is stated; null for others.
v1::Charge* UnstatedIn(Facts& facts, const std::string& name) {
  for (v1::Fact& fact : facts) {
    if (fact.name() != name) continue;
    v1::Charge* charge = fact.has_verdict() ? fact.mutable_verdict()->mutable_charges(0)
                                            : fact.mutable_accusation()->mutable_charges(0);
    return charge->has_gravity() ? nullptr : charge;
  }
  return nullptr;
}

// For an especially grave crime, and for no other, the law gives no day to ask for a milder
// penalty.
bool IsBarred(const v1::Deadline& deadline, GravitySet gravity) {
  return deadline.kind() == v1::DEADLINE_KIND_PENALTY_REPLACEMENT_ELIGIBILITY &&
         gravity == Bit(v1::GRAVITY_VALUE_ESPECIALLY_GRAVE);
}

// Each date of `known` is within the window that `open` gives; how many of those are no single day.
int CompareWithin(const v1::Case& record, const Facts& open, const Facts& known) {
  const GravitySet gravity = CrimeOf(record, known).gravity;
  const Derivation open_derived = DeriveFacts(record, open);
  const Derivation known_derived = DeriveFacts(record, known);
  const auto windows = ByName(open_derived), dates = ByName(known_derived);
  int wide = 0;
  for (const auto& [name, window] : windows) {
    const auto date = dates.find(name);
    if (date == dates.end()) {
      EXPECT_TRUE(IsBarred(*window, gravity)) << Told(*window);
      continue;
    }
    wide += window->earliest() != window->latest();
    ExpectWithin(*window, *date->second);
  }
  return wide;
}

TEST(Property, UnknownGravity_WindowHoldsTheDateOfEachItCanBe) {
  int wide = 0;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    const Crime crime = CrimeOf(one.record, one.facts);
    for (int value = 1; value < v1::GravityValue_ARRAYSIZE; ++value) {
      if ((crime.gravity & Bit(static_cast<v1::GravityValue>(value))) == 0) continue;
      Facts known = one.facts;
      v1::Charge* charge = UnstatedIn(known, crime.fact);
      if (charge == nullptr) break;
      charge->mutable_gravity()->set_value(static_cast<v1::GravityValue>(value));
      wide += CompareWithin(one.record, one.facts, known);
      ASSERT_FALSE(HasFailure()) << Describe(one.record, known);
    }
  }
  EXPECT_GT(wide, 300);
}

TEST(Property, UnknownPart_WindowHoldsTheDateOfEachItCanBe) {
  int wide = 0;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    const Crime crime = CrimeOf(one.record, one.facts);
    for (const char* part : {"1", "2", "3", "4"}) {
      Facts known = one.facts;
      v1::Charge* charge = UnstatedIn(known, crime.fact);
      if (charge == nullptr) break;
      charge->set_part(part);
      // A part that the article does not have, or that the term given does not fit.
      const GravitySet gravity = CrimeOf(one.record, known).gravity;
      if ((gravity & ~crime.gravity) != 0) continue;
      wide += CompareWithin(one.record, one.facts, known);
      ASSERT_FALSE(HasFailure()) << Describe(one.record, known);
    }
  }
  EXPECT_GT(wide, 300);
}

// The facts with another decision in place of the one that upheld the verdict; empty where none
// did.
Facts WithAppeal(const Facts& facts, void (*change)(v1::AppealDecision&, const v1::Verdict&)) {
  Facts out = facts;
  for (v1::Fact& fact : out) {
    if (fact.appeal_decision().result() != v1::AppealDecision::RESULT_UPHELD) continue;
    for (const v1::Fact& of : facts) {
      if (of.name() != fact.appeal_decision().of()) continue;
      change(*fact.mutable_appeal_decision(), of.verdict());
      return out;
    }
  }
  return {};
}

Facts WithoutAppeal(Facts facts) {
  std::erase_if(facts, [](const v1::Fact& fact) { return fact.has_appeal_decision(); });
  return facts;
}

void ToAnotherTerm(v1::AppealDecision& appeal, const v1::Verdict& verdict) {
  appeal.set_result(v1::AppealDecision::RESULT_CHANGED);
  appeal.set_new_term(verdict.term() == "P60M" ? "P50M" : "P60M");
}

void Annul(v1::AppealDecision& appeal, const v1::Verdict&) {
  appeal.set_result(v1::AppealDecision::RESULT_ANNULLED);
}

void Acquit(v1::AppealDecision& appeal, const v1::Verdict& verdict) {
  appeal.set_result(v1::AppealDecision::RESULT_CHANGED);
  for (const v1::Charge& charge : verdict.charges()) {
    v1::Charge& on_appeal = *appeal.add_charges();
    on_appeal = charge;
    on_appeal.set_outcome(v1::CHARGE_OUTCOME_ACQUITTED);
  }
}

// Counted from the day on which the verdict enters into force, whatever its term.
bool IsOfEntryAlone(const v1::Deadline& deadline) {
  return deadline.kind() == v1::DEADLINE_KIND_ENTRY_INTO_FORCE ||
         deadline.kind() == v1::DEADLINE_KIND_APPEAL || deadline.rule() == "KZ.CPC.398.4@1" ||
         deadline.rule() == "KZ.CPC.487@1" || deadline.rule() == "KZ.CC.63@1";
}

// An appeal that is not known is taken for one that leaves the verdict as it is (`NO_APPEAL`): it
// moves entry into force, and so all that is counted from it, and only back. One that gives another
// term moves entry into force in the same way; but what is counted from the term is then of another
// sentence, as if another verdict had been given, and no bound can hold for it: a shorter term
// brings the end forward by years.
TEST(Property, AppealThatGivesAnotherTerm_IsABoundForEntryIntoForce) {
  int compared = 0;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    const Facts changed = WithAppeal(one.facts, ToAnotherTerm);
    if (changed.empty()) continue;
    const Derivation unknown = DeriveFacts(one.record, WithoutAppeal(one.facts));
    const Derivation known = DeriveFacts(one.record, changed);
    const auto bounds = ByName(unknown), dates = ByName(known);
    for (const auto& [name, bound] : bounds) {
      if (!IsOfEntryAlone(*bound) || !dates.contains(name)) continue;
      ++compared;
      ExpectBound(*bound, *dates.at(name));
    }
    ASSERT_FALSE(HasFailure()) << Describe(one.record, changed);
  }
  EXPECT_GT(compared, 500);
}

// It rests on the verdict, and has not come yet or can still be used.
bool IsOpenOf(const v1::Deadline& deadline, const std::string& verdict) {
  const bool open =
      deadline.state() == v1::DEADLINE_STATE_UPCOMING || deadline.state() == v1::DEADLINE_STATE_DUE;
  return open && deadline.facts_size() > 0 && IdOf(deadline.facts(0)) == verdict;
}

// Nor is an acquittal or an annulment a completion: with the verdict all goes that hung on it.
TEST(Property, VerdictThatFellOnAppeal_LeavesNothingOpen) {
  int fell = 0;
  for (uint64_t seed = 0; seed < kCases && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const GeneratedCase one = Generate(seed);
    for (const auto change : {Annul, Acquit}) {
      const Facts facts = WithAppeal(one.facts, change);
      const auto appeal = std::find_if(facts.begin(), facts.end(), [](const v1::Fact& fact) {
        return fact.has_appeal_decision();
      });
      if (appeal == facts.end()) continue;
      ++fell;
      const std::string& verdict = appeal->appeal_decision().of();
      for (const std::string& as_of : {appeal->date(), std::string(kAfterAll)}) {
        const Derivation derived = DeriveFacts(one.record, facts, as_of);
        for (const v1::Deadline& deadline : derived.deadlines) {
          EXPECT_FALSE(IsOpenOf(deadline, verdict)) << as_of << " " << Told(deadline);
        }
      }
      ASSERT_FALSE(HasFailure()) << Describe(one.record, facts);
    }
  }
  EXPECT_GT(fell, 300);
}

}  // namespace
}  // namespace vigil::registry
