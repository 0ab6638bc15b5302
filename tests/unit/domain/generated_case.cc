#include "tests/unit/domain/generated_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/civil/span.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

// By how much a date can move and keep the order of the facts.
constexpr int kSway = kGap / 2 - 1;

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  GeneratedCase Make();

 private:
  int Pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Chance(int percent) { return Pick(1, 100) <= percent; }

  // The next event, on a day of its own.
  v1::Fact& Next() {
    today_ += days(kGap + Pick(0, 160));
    v1::Fact& fact = out_.facts.emplace_back();
    fact.set_name(fmt::format("f{}", out_.facts.size()));
    fact.set_date(civil::FormatDay(today_));
    return fact;
  }

  void AddCharges(google::protobuf::RepeatedPtrField<v1::Charge>& charges, bool convicted);
  void BeforeTrial();
  void Trial();
  void Sentence(v1::Verdict& verdict);
  void SecondTrial();
  void AfterTrial();
  void Parole();
  void Elsewhere();

  std::mt19937_64 random_;
  GeneratedCase out_;
  Day today_;
  std::string verdict_;
  std::string article_;
  bool in_custody_ = false;
  bool prison_ = false;
};

void Maker::AddCharges(google::protobuf::RepeatedPtrField<v1::Charge>& charges, bool convicted) {
  v1::Charge& charge = *charges.Add();
  charge.set_code_edition(v1::CODE_EDITION_KZ_CC_2014);
  charge.set_article(article_);
  if (!convicted) return;
  charge.set_outcome(v1::CHARGE_OUTCOME_CONVICTED);
  if (Chance(60)) {
    charge.mutable_gravity()->set_value(
        static_cast<v1::GravityValue>(Pick(v1::GRAVITY_VALUE_MINOR, v1::GRAVITY_VALUE_GRAVE)));
    charge.mutable_gravity()->set_assumed(Chance(50));
  }
}

void Maker::BeforeTrial() {
  Next().mutable_alleged_act()->set_what("w");
  AddCharges(*Next().mutable_accusation()->mutable_charges(), false);
  if (Chance(30)) {
    Next().mutable_preventive_measure()->set_kind(
        Chance(60) ? v1::PreventiveMeasure::KIND_HOUSE_ARREST : v1::PreventiveMeasure::KIND_BAIL);
  }
  if (Chance(75)) {
    Next().mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    in_custody_ = true;
    // From custody to house arrest, and back.
    if (Chance(15)) {
      Next().mutable_preventive_measure()->set_kind(v1::PreventiveMeasure::KIND_HOUSE_ARREST);
      in_custody_ = Chance(50);
      if (in_custody_) Next().mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    }
  }
}

void Maker::Trial() {
  v1::Fact& fact = Next();
  verdict_ = fact.name();
  v1::Verdict& verdict = *fact.mutable_verdict();
  AddCharges(*verdict.mutable_charges(), true);
  Sentence(verdict);
  if (!prison_ && in_custody_) {
    v1::Fact& release = out_.facts.emplace_back();
    release.set_name(fmt::format("f{}", out_.facts.size()));
    release.set_date(civil::FormatDay(today_));
    release.mutable_release()->set_from(v1::Release::FROM_REMAND);
  }
  if (Chance(40)) {
    v1::Verdict& again = prison_ || !in_custody_
                             ? *out_.facts.back().mutable_verdict()
                             : *out_.facts[out_.facts.size() - 2].mutable_verdict();
    v1::Ban& ban = *again.add_bans();
    ban.set_what("w");
    ban.set_term(fmt::format("P{}Y", Pick(1, 10)));
  }
}

// Served in prison, where it can be; else restriction, a suspended sentence, or one in absence.
void Maker::Sentence(v1::Verdict& verdict) {
  prison_ = in_custody_ && Chance(80);
  const bool suspended = !prison_ && Chance(25);
  const bool absent = !prison_ && !suspended && !in_custody_ && Chance(25);
  const bool imprisonment = prison_ || suspended || absent;
  verdict.set_penalty(imprisonment ? v1::PENALTY_IMPRISONMENT : v1::PENALTY_RESTRICTION_OF_LIBERTY);
  verdict.set_term(fmt::format("P{}M", Pick(8, 120)));
  verdict.set_plea_deal(Chance(15));
  verdict.set_in_absentia(absent);
  if (suspended) verdict.set_suspended_for(fmt::format("P{}M", Pick(12, 36)));
  if (!prison_) return;
  verdict.set_regime(static_cast<v1::Regime>(Pick(v1::REGIME_MINIMUM, v1::REGIME_EXTRA)));
  verdict.set_served(civil::FormatDay(today_ + days(Pick(0, 9))));
}

// Another verdict: it takes the place of the first, or holds its term in one total.
void Maker::SecondTrial() {
  const std::string first = verdict_;
  v1::Fact& fact = Next();
  verdict_ = fact.name();
  v1::Verdict& verdict = *fact.mutable_verdict();
  AddCharges(*verdict.mutable_charges(), true);
  verdict.set_penalty(v1::PENALTY_IMPRISONMENT);
  verdict.set_term(fmt::format("P{}M", Pick(120, 180)));
  verdict.set_regime(static_cast<v1::Regime>(Pick(v1::REGIME_MINIMUM, v1::REGIME_EXTRA)));
  verdict.set_served(civil::FormatDay(today_ + days(Pick(0, 9))));
  *(Chance(50) ? verdict.add_replaces() : verdict.add_total_with()) = first;
}

void Maker::AfterTrial() {
  v1::AppealDecision& appeal = *Next().mutable_appeal_decision();
  appeal.set_of(verdict_);
  appeal.set_result(v1::AppealDecision::RESULT_UPHELD);
  if (!prison_) return;
  if (Chance(30)) {
    v1::Replacement& replacement = *Next().mutable_replacement();
    replacement.set_of(verdict_);
    replacement.set_penalty(v1::PENALTY_RESTRICTION_OF_LIBERTY);
  } else if (Chance(40)) {
    Parole();
  }
}

void Maker::Parole() {
  v1::Fact& parole = Next();
  const std::string name = parole.name();
  parole.mutable_parole()->set_of(verdict_);
  v1::Release& release = *Next().mutable_release();
  release.set_from(v1::Release::FROM_PRISON);
  release.set_ground(v1::Release::GROUND_PAROLE);
  if (!Chance(30)) return;
  v1::ParoleRevocation& revocation = *Next().mutable_parole_revocation();
  revocation.set_of(name);
  revocation.set_ground(Chance(50) ? v1::ParoleRevocation::GROUND_BREACH
                                   : v1::ParoleRevocation::GROUND_NEW_CRIME);
}

void Maker::Elsewhere() {
  if (Chance(25)) {
    Next().mutable_body_decision()->set_body(v1::BODY_UN_WORKING_GROUP_ON_ARBITRARY_DETENTION);
  }
  if (Chance(20)) {
    v1::AsylumStep& step = *Next().mutable_asylum_step();
    step.set_step(v1::AsylumStep::STEP_GRANTED);
    step.set_country("CZ");
  }
  if (Chance(20)) {
    Next().mutable_listing()->set_list(v1::LIST_KIND_KZ_TERRORISM_FINANCING);
  }
  if (Chance(20)) Next().mutable_committal()->set_term("P1M");
  if (Chance(20)) {
    v1::Motion& motion = *Next().mutable_motion();
    motion.set_purpose(v1::Motion::PURPOSE_CASSATION);
  }
}

GeneratedCase Maker::Make() {
  static constexpr std::array kArticles = {"174", "189", "256", "264", "402", "419"};
  out_.record.set_country("KZ");
  today_ = civil::MakeDay(Pick(2015, 2016), static_cast<unsigned>(Pick(1, 12)),
                          static_cast<unsigned>(Pick(1, 28)));
  article_ = kArticles[static_cast<size_t>(Pick(0, kArticles.size() - 1))];
  BeforeTrial();
  if (Chance(80)) {
    Trial();
    if (prison_ && Chance(20)) SecondTrial();
    AfterTrial();
  }
  Elsewhere();
  return std::move(out_);
}

}  // namespace

GeneratedCase Generate(uint64_t seed) { return Maker(seed).Make(); }

v1::Fact Unrelated(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  v1::Fact fact;
  fact.set_name("unrelated");
  fact.set_date(civil::FormatDay(civil::MakeDay(2014, 1, 1) + days(pick(0, 3000))));
  switch (pick(0, 9)) {
    case 0:
      fact.mutable_search()->set_what("w");
      break;
    case 1:
      fact.mutable_surveillance()->set_how("w");
      break;
    case 2:
      fact.mutable_complaint()->set_about("w");
      break;
    case 3:
      fact.mutable_visit()->set_by("w");
      break;
    case 4:
      fact.mutable_pressure()->set_what("w");
      break;
    case 5:
      fact.mutable_official_statement()->set_what("w");
      break;
    case 6:
      fact.mutable_public_action()->set_what("w");
      break;
    case 7:
      fact.mutable_ill_treatment()->set_what("w");
      break;
    case 8:
      fact.mutable_recognition()->set_by("w");
      break;
    default:
      fact.mutable_other()->set_what("w");
  }
  return fact;
}

std::vector<v1::Fact> Blurred(const GeneratedCase& exact, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<v1::Fact> facts = exact.facts;
  for (size_t i = 0; i < facts.size(); ++i) {
    // What happens on one day with another stays there; the rest keeps its order.
    const bool alone = (i == 0 || facts[i - 1].date() != facts[i].date()) &&
                       (i + 1 == facts.size() || facts[i + 1].date() != facts[i].date());
    if (!alone || random() % 3 != 0) continue;
    const Day day = *civil::ParseDay(facts[i].date());
    const int before = static_cast<int>(random() % 16), after = static_cast<int>(random() % 15);
    facts[i].set_date(fmt::format("{}/{}", civil::FormatDay(day - days(before)),
                                  civil::FormatDay(day + days(after))));
    if (facts[i].has_verdict()) facts[i].mutable_verdict()->clear_served();
  }
  return facts;
}

std::vector<v1::Fact> Completed(const std::vector<v1::Fact>& blurred, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<v1::Fact> facts = blurred;
  for (v1::Fact& fact : facts) {
    const civil::Span span = *civil::ParseSpan(fact.date());
    const int width = civil::DaysBetween(*span.first, *span.last);
    fact.set_date(civil::FormatDay(
        *span.first + days(static_cast<int>(random() % static_cast<uint64_t>(width + 1)))));
  }
  return facts;
}

std::vector<v1::Fact> WithGaps(const GeneratedCase& exact, uint64_t seed) {
  std::mt19937_64 random(seed);
  const bool prison = std::any_of(exact.facts.begin(), exact.facts.end(), [](const v1::Fact& fact) {
    return fact.verdict().penalty() == v1::PENALTY_IMPRISONMENT &&
           fact.verdict().suspended_for().empty() && !fact.verdict().in_absentia();
  });
  // Custody that nobody reports is presumed before imprisonment alone. House arrest without it
  // would say that the person was free for the rest, so it goes too.
  const bool no_custody = prison && random() % 2 == 0;
  const bool no_appeal = random() % 2 == 0, no_regime = random() % 2 == 0;
  const bool no_copy = random() % 2 == 0;
  std::vector<v1::Fact> facts;
  for (v1::Fact fact : exact.facts) {
    if (no_custody && (fact.has_custody() || fact.has_preventive_measure())) continue;
    if (no_custody && fact.release().from() == v1::Release::FROM_REMAND) continue;
    if (no_appeal && fact.has_appeal_decision()) continue;
    if (no_regime && fact.has_verdict()) fact.mutable_verdict()->clear_regime();
    if (no_copy && fact.has_verdict()) fact.mutable_verdict()->clear_served();
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<v1::Fact> Refilled(const GeneratedCase& exact, const std::vector<v1::Fact>& gaps,
                               uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  const auto move = [&](v1::Fact& fact) {
    fact.set_date(civil::FormatDay(*civil::ParseDay(fact.date()) + days(pick(-kSway, kSway))));
  };
  std::vector<v1::Fact> facts = exact.facts;
  for (v1::Fact& fact : facts) {
    const auto kept = std::find_if(gaps.begin(), gaps.end(), [&](const v1::Fact& other) {
      return other.name() == fact.name();
    });
    if (kept == gaps.end()) {
      // On the day of the verdict it stays there: a release from remand.
      if (!fact.has_release()) move(fact);
      if (fact.has_appeal_decision() && pick(0, 2) == 0) {
        fact.mutable_appeal_decision()->set_result(v1::AppealDecision::RESULT_NOT_APPEALED);
      }
      continue;
    }
    if (!fact.has_verdict()) continue;
    v1::Verdict& verdict = *fact.mutable_verdict();
    if (verdict.regime() != kept->verdict().regime()) {
      verdict.set_regime(static_cast<v1::Regime>(pick(v1::REGIME_MINIMUM, v1::REGIME_EXTRA)));
    }
    if (verdict.served() != kept->verdict().served()) {
      verdict.set_served(civil::FormatDay(*civil::ParseDay(fact.date()) + days(pick(0, kSway))));
    }
  }
  return facts;
}

}  // namespace vigil::registry
