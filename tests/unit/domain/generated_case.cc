#include "tests/unit/domain/generated_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/civil/span.h"

namespace vigil::registry {
namespace {

using civil::Day;
using std::chrono::days;

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
  void Surrendered();
  void IntoCustody();
  void FurtherStays();
  void Trial();
  void Sentence(v1::Verdict& verdict);
  void SecondTrial();
  bool OnAppeal();
  void AfterTrial();
  void MilderPenalty();
  void Evasion();
  void Deferral();
  void Parole();
  void Abroad();
  void Elsewhere();
  void Duties();
  void Plans();
  std::string SomeDaysLater(int least, int most) {
    return civil::FormatDay(today_ + days(Pick(least, most)));
  }

  std::mt19937_64 random_;
  GeneratedCase out_;
  Day today_;
  std::string verdict_;
  std::string article_;
  bool in_custody_ = false;
  bool prison_ = false;
  bool suspended_ = false;
  bool restricted_ = false;
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
  if (Chance(15)) Surrendered();
  if (Chance(75)) IntoCustody();
}

// Held abroad for extradition, and let go or handed over.
void Maker::Surrendered() {
  v1::Custody& custody = *Next().mutable_custody();
  custody.set_kind(v1::Custody::KIND_EXTRADITION);
  custody.set_holding_state(Chance(50) ? "UA" : "CZ");
  custody.set_requesting_state("KZ");
  custody.set_on_request(Chance(50));
  in_custody_ = Chance(40);
  if (!in_custody_) {
    Next().mutable_release()->set_from(v1::Release::FROM_EXTRADITION_CUSTODY);
  }
}

void Maker::IntoCustody() {
  std::string police;
  if (Chance(25)) {
    v1::Fact& taken = Next();
    taken.mutable_taken_to_police()->set_place("w");
    police = taken.name();
  }
  v1::Fact& fact = Next();
  const std::string name = fact.name();
  fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  if (!police.empty()) fact.mutable_custody()->add_alternative_starts(police);
  in_custody_ = true;
  if (Chance(25)) {
    v1::CustodyExtension& extension = *Next().mutable_custody_extension();
    extension.set_of(name);
    extension.set_until(SomeDaysLater(20, 60));
  }
  FurtherStays();
}

// What is told of where the person is held overlaps: nothing says that one stay ended.
void Maker::FurtherStays() {
  if (Chance(15)) Next().mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  if (Chance(10)) {
    v1::Committal& committal = *Next().mutable_committal();
    committal.set_term("P1M");
    committal.set_placed(SomeDaysLater(0, 9));
    Next().mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
  }
  // From custody to house arrest, and back.
  if (Chance(15)) {
    Next().mutable_preventive_measure()->set_kind(v1::PreventiveMeasure::KIND_HOUSE_ARREST);
    in_custody_ = Chance(50);
    if (in_custody_) Next().mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
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
  suspended_ = !prison_ && Chance(25);
  const bool absent = !prison_ && !suspended_ && !in_custody_ && Chance(25);
  restricted_ = !prison_ && !suspended_ && !absent;
  verdict.set_penalty(restricted_ ? v1::PENALTY_RESTRICTION_OF_LIBERTY : v1::PENALTY_IMPRISONMENT);
  // Long enough that it has not ended when parole or a milder penalty is granted.
  verdict.set_term(fmt::format("P{}M", Pick(prison_ ? 48 : 8, 120)));
  verdict.set_plea_deal(Chance(15));
  verdict.set_in_absentia(absent);
  if (suspended_) verdict.set_suspended_for(fmt::format("P{}M", Pick(12, 36)));
  if (!prison_) return;
  verdict.set_regime(static_cast<v1::Regime>(Pick(v1::REGIME_MINIMUM, v1::REGIME_EXTRA)));
  verdict.set_served(SomeDaysLater(0, 9));
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
  verdict.set_served(SomeDaysLater(0, 9));
  *(Chance(50) ? verdict.add_replaces() : verdict.add_total_with()) = first;
}

// False where the verdict fell.
bool Maker::OnAppeal() {
  v1::AppealDecision& appeal = *Next().mutable_appeal_decision();
  appeal.set_of(verdict_);
  appeal.set_result(v1::AppealDecision::RESULT_UPHELD);
  if (Chance(50)) appeal.set_served(SomeDaysLater(0, 15));
  if (Chance(20)) {
    appeal.set_result(v1::AppealDecision::RESULT_CHANGED);
    appeal.set_new_term(fmt::format("P{}M", Pick(prison_ ? 48 : 8, 120)));
  } else if (Chance(8)) {
    appeal.set_result(v1::AppealDecision::RESULT_ANNULLED);
    return false;
  }
  return true;
}

void Maker::AfterTrial() {
  if (!OnAppeal()) return;
  if (!prison_) {
    if (restricted_ && Chance(25)) Evasion();
    return;
  }
  if (Chance(15)) Deferral();
  if (Chance(30)) {
    MilderPenalty();
    if (Chance(20)) Evasion();
  } else if (Chance(40)) {
    Parole();
  }
}

void Maker::MilderPenalty() {
  v1::Replacement& replacement = *Next().mutable_replacement();
  replacement.set_of(verdict_);
  replacement.set_penalty(v1::PENALTY_RESTRICTION_OF_LIBERTY);
  if (Chance(50)) replacement.set_served(SomeDaysLater(0, 9));
}

// Prison for what was left of a restriction; of some, a milder penalty again.
void Maker::Evasion() {
  v1::Replacement& replacement = *Next().mutable_replacement();
  replacement.set_of(verdict_);
  replacement.set_penalty(v1::PENALTY_IMPRISONMENT);
  if (Chance(50)) replacement.set_term(fmt::format("P{}M", Pick(6, 24)));
  if (Chance(50)) replacement.set_served(SomeDaysLater(0, 9));
  if (Chance(40)) MilderPenalty();
}

void Maker::Deferral() {
  if (Chance(50)) Next().mutable_personal()->set_pregnant(true);
  v1::Deferral& deferral = *Next().mutable_deferral();
  deferral.set_of(verdict_);
  deferral.set_ground(Chance(50) ? v1::Deferral::GROUND_PREGNANCY
                                 : v1::Deferral::GROUND_SMALL_CHILD);
  if (Chance(50)) deferral.set_term(fmt::format("P{}M", Pick(6, 36)));
  if (Chance(50)) deferral.set_served(SomeDaysLater(0, 9));
}

void Maker::Parole() {
  v1::Fact& parole = Next();
  const std::string name = parole.name();
  parole.mutable_parole()->set_of(verdict_);
  if (Chance(50)) parole.mutable_parole()->set_served(SomeDaysLater(0, 9));
  v1::Release& release = *Next().mutable_release();
  release.set_from(v1::Release::FROM_PRISON);
  release.set_ground(v1::Release::GROUND_PAROLE);
  if (!Chance(30)) return;
  v1::ParoleRevocation& revocation = *Next().mutable_parole_revocation();
  revocation.set_of(name);
  revocation.set_ground(Chance(50) ? v1::ParoleRevocation::GROUND_BREACH
                                   : v1::ParoleRevocation::GROUND_NEW_CRIME);
}

void Maker::Abroad() {
  if (Chance(25)) {
    v1::BodyDecision& decision = *Next().mutable_body_decision();
    decision.set_body(v1::BODY_UN_WORKING_GROUP_ON_ARBITRARY_DETENTION);
    if (Chance(50)) decision.set_transmitted(SomeDaysLater(0, 15));
  }
  if (Chance(20)) {
    v1::AsylumStep& step = *Next().mutable_asylum_step();
    step.set_step(Chance(60) ? v1::AsylumStep::STEP_GRANTED : v1::AsylumStep::STEP_REFUSED);
    step.set_country("CZ");
    if (Chance(50)) step.set_served(SomeDaysLater(0, 15));
  }
  if (Chance(15)) {
    v1::ExtraditionStep& step = *Next().mutable_extradition_step();
    step.set_step(v1::ExtraditionStep::STEP_GRANTED);
    step.set_requesting_state("RU");
    step.set_requested_state("KZ");
    if (Chance(50)) step.set_served(SomeDaysLater(0, 15));
  }
}

void Maker::Elsewhere() {
  Abroad();
  if (Chance(suspended_ ? 70 : 20)) {
    Next().mutable_listing()->set_list(v1::LIST_KIND_KZ_TERRORISM_FINANCING);
  }
  if (Chance(20)) {
    v1::Committal& committal = *Next().mutable_committal();
    if (Chance(70)) committal.set_term("P1M");
    if (Chance(50)) committal.set_placed(SomeDaysLater(0, 9));
  }
  if (Chance(20)) {
    v1::Motion& motion = *Next().mutable_motion();
    motion.set_purpose(v1::Motion::PURPOSE_CASSATION);
  }
  if (Chance(20)) {
    v1::Communication& communication = *Next().mutable_communication();
    communication.set_body(v1::BODY_UN_HUMAN_RIGHTS_COMMITTEE);
    communication.set_procedure(v1::Communication::PROCEDURE_REGULAR);
    communication.set_running_since(SomeDaysLater(0, 15));
  }
  Duties();
  Plans();
}

// What recurs.
void Maker::Duties() {
  if (!Chance(15)) return;
  Next().mutable_reporting_duty()->set_every(Chance(50) ? "P1M" : "P2W");
  if (Chance(50)) Next().mutable_reporting_duty()->set_ended(true);
}

// What we did, and what lies ahead.
void Maker::Plans() {
  if (Chance(15)) {
    v1::Intervention& intervention = *Next().mutable_intervention();
    intervention.set_what("w");
    intervention.set_to("x");
    if (Chance(70)) intervention.set_reply_due(SomeDaysLater(5, 60));
  }
  if (Chance(15)) {
    v1::ManualDate& date = *Next().mutable_manual_date();
    date.set_what("w");
    date.set_reason("r");
  }
  if (Chance(15)) Next().mutable_planned_event()->set_what("w");
}

GeneratedCase Maker::Make() {
  static constexpr std::array kArticles = {"174", "189", "256", "264", "402", "419"};
  out_.record.set_country("KZ");
  today_ = civil::MakeDay(Pick(2016, 2017), static_cast<unsigned>(Pick(1, 12)),
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

}  // namespace vigil::registry
