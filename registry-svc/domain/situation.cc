#include "registry-svc/domain/situation.h"

#include <optional>

#include "registry-svc/domain/counting.h"
#include "registry-svc/domain/fold.h"

namespace vigil::registry {
namespace {

using Fact = v1::Fact;

SituationReading Answer(v1::Situation situation, const CheckedFact* since) {
  SituationReading out;
  out.situation = situation;
  if (since != nullptr) out.since = since->fact().date();
  return out;
}

// What the facts come to, read in order of time.
struct Fold {
  const CheckedFact* death = nullptr;
  const CheckedFact* hospital = nullptr;       // a forced stay that has not ended
  const CheckedFact* left_hospital = nullptr;  // the release that ended one
  const CheckedFact* custody = nullptr;        // custody that has not ended
  const CheckedFact* measure = nullptr;        // a preventive measure in place
  const CheckedFact* abroad = nullptr;   // says where the person is, not in the prosecuting State
  const CheckedFact* pursued = nullptr;  // a case, a request or a notice
  const CheckedFact* listed = nullptr;
  const CheckedFact* duty = nullptr;
  const CheckedFact* cleared = nullptr;  // closed, acquitted or served
};

void TakeMeasure(const CheckedFact& fact, Fold& fold) {
  const auto& measure = fact.fact().preventive_measure();
  if (!measure.lifted()) {
    fold.measure = &fact;
    fold.custody = nullptr;
    return;
  }
  if (fold.measure == nullptr) return;
  const auto& in_place = fold.measure->fact();
  if (!in_place.has_preventive_measure() ||
      in_place.preventive_measure().kind() == measure.kind() ||
      measure.kind() == v1::PreventiveMeasure::KIND_UNSPECIFIED) {
    fold.measure = nullptr;
  }
}

void TakeRelease(const CheckedFact& fact, Fold& fold) {
  const auto& release = fact.fact().release();
  if (fold.hospital != nullptr && release.from() != v1::Release::FROM_PRISON &&
      release.from() != v1::Release::FROM_EXTRADITION_CUSTODY) {
    fold.left_hospital = &fact;
    fold.hospital = nullptr;
  } else if (release.from() == v1::Release::FROM_HOSPITAL) {
    fold.left_hospital = &fact;
  }
  fold.custody = nullptr;
  if (release.ground() == v1::Release::GROUND_BAIL) fold.measure = &fact;
  if (release.ground() == v1::Release::GROUND_SERVED ||
      release.ground() == v1::Release::GROUND_CLEARED) {
    fold.cleared = &fact;
  }
}

void TakeWhereabouts(std::string_view country, std::string_view home, const CheckedFact& fact,
                     Fold& fold) {
  if (country.empty()) return;
  fold.abroad = country == home ? nullptr : &fact;
}

void TakeCourt(const CheckedFact& fact, Fold& fold) {
  // A verdict ends remand and the measures before it.
  const bool undated_custody = fold.custody != nullptr && fold.custody->date.empty();
  if (fold.custody != nullptr && (undated_custody || NotBefore(fact, *fold.custody))) {
    fold.custody = nullptr;
  }
  fold.measure = nullptr;
  const v1::Penalty penalty = fact.fact().verdict().penalty();
  fold.cleared = penalty == v1::PENALTY_NONE || penalty == v1::PENALTY_FINE ? &fact : nullptr;
}

void Take(const CheckedFact& fact, std::string_view home, Fold& fold) {
  const Fact& message = fact.fact();
  switch (message.what_case()) {
    case Fact::kDeath:
      fold.death = &fact;
      break;
    case Fact::kCommittal:
      fold.hospital = &fact;
      fold.left_hospital = nullptr;
      break;
    case Fact::kCustody:
      // A length without a date is of the past.
      if (fact.date.empty() && !fact.term.empty()) break;
      fold.custody = &fact;
      if (message.custody().kind() == v1::Custody::KIND_EXTRADITION) fold.pursued = &fact;
      break;
    case Fact::kPreventiveMeasure:
      TakeMeasure(fact, fold);
      break;
    case Fact::kRelease:
      TakeRelease(fact, fold);
      break;
    case Fact::kVerdict:
      TakeCourt(fact, fold);
      break;
    case Fact::kCaseStage:
      if (message.case_stage().stage() == v1::CaseStage::STAGE_CLOSED) {
        fold.custody = fold.measure = nullptr;
        fold.cleared = &fact;
      }
      break;
    case Fact::kWhereabouts:
      TakeWhereabouts(message.whereabouts().country(), home, fact, fold);
      break;
    case Fact::kAsylumStep:
      if (fold.abroad == nullptr) {
        TakeWhereabouts(message.asylum_step().country(), home, fact, fold);
      }
      break;
    case Fact::kAccusation:
    case Fact::kExtraditionStep:
    case Fact::kInterpolNotice:
      fold.pursued = &fact;
      break;
    case Fact::kCaseOpened:
      if (message.case_opened().role() != v1::CaseOpened::ROLE_WITNESS) fold.pursued = &fact;
      break;
    case Fact::kListing:
      fold.listed = &fact;
      break;
    case Fact::kDelisting:
      fold.listed = nullptr;
      break;
    case Fact::kReportingDuty:
      fold.duty = message.reporting_duty().ended() ? nullptr : &fact;
      break;
    default:
      break;
  }
}

// The decision or the release that let the person out of a sentence of prison; null where none did.
const CheckedFact* LetOut(const Sentence* sentence) {
  if (sentence == nullptr || !sentence->puts_in_prison()) return nullptr;
  if (sentence->revocation != nullptr) return sentence->release;
  if (sentence->parole != nullptr) return sentence->parole;
  if (sentence->replacement != nullptr) return sentence->replacement;
  return sentence->release;
}

// The decision is not in force yet and no release is recorded.
bool NotYetOut(const Reading& reading, const Sentence& sentence, const CheckedFact& decision) {
  if (sentence.release != nullptr || decision.kind() == Fact::kRelease) return false;
  const Start entry = EntryIntoForce(reading, decision);
  return entry.points.empty() || !reading.HasCome(WindowOf(entry).last);
}

bool SomethingLeft(const Fold& fold, const Sentence* sentence) {
  if (fold.listed != nullptr || fold.duty != nullptr) return true;
  if (sentence == nullptr || !sentence->puts_in_prison()) return false;
  if (sentence->parole != nullptr || sentence->replacement != nullptr) return true;
  return sentence->what().bans_size() > 0;
}

// Released from a sentence of prison or a forced stay, with something left; nothing where it does
// not apply.
std::optional<SituationReading> Released(const Reading& reading, const Fold& fold,
                                         const Sentence* current) {
  const CheckedFact* out_of_prison = LetOut(current);
  const CheckedFact* decision = out_of_prison != nullptr ? out_of_prison : fold.left_hospital;
  if (decision == nullptr || !SomethingLeft(fold, current)) return std::nullopt;
  SituationReading out = Answer(v1::SITUATION_RELEASED_WITH_RESTRICTIONS, decision);
  if (out_of_prison != nullptr && NotYetOut(reading, *current, *decision)) {
    out.flags.push_back("DECIDED_NOT_YET_OUT");
  }
  return out;
}

}  // namespace

bool IsHeld(v1::Situation situation) {
  return situation == v1::SITUATION_IMPRISONED || situation == v1::SITUATION_IN_DETENTION ||
         situation == v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL;
}

SituationReading FoldSituation(const Reading& reading) {
  Fold fold;
  for (const CheckedFact* fact : reading.facts()) {
    const auto from = fact->date.known_from();
    if (from && !reading.HasCome(*from)) continue;
    Take(*fact, reading.view().country(), fold);
  }
  const Sentence* current = reading.Current();
  if (current == nullptr && !reading.sentences().empty() &&
      reading.sentences().back().cleared_on_appeal()) {
    fold.cleared = reading.sentences().back().appeal;
  }
  if (fold.death != nullptr) return Answer(v1::SITUATION_DECEASED, fold.death);
  if (fold.hospital != nullptr) {
    return Answer(v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL, fold.hospital);
  }
  if (current != nullptr && current->puts_in_prison() && LetOut(current) == nullptr) {
    return Answer(v1::SITUATION_IMPRISONED,
                  current->evasion != nullptr ? current->evasion : current->verdict);
  }
  if (fold.custody != nullptr) return Answer(v1::SITUATION_IN_DETENTION, fold.custody);
  if (auto released = Released(reading, fold, current)) return *released;
  if (fold.abroad != nullptr && fold.pursued != nullptr) {
    return Answer(v1::SITUATION_ABROAD_AT_RISK, fold.abroad);
  }
  // A suspended sentence is served under probation, as restriction of liberty is.
  if (current != nullptr && fold.cleared == nullptr && current->evasion == nullptr &&
      (current->penalty == v1::PENALTY_RESTRICTION_OF_LIBERTY || current->suspended())) {
    return Answer(v1::SITUATION_UNDER_RESTRICTION, current->verdict);
  }
  if (fold.measure != nullptr) {
    return Answer(v1::SITUATION_UNDER_PREVENTIVE_MEASURE, fold.measure);
  }
  if (fold.cleared != nullptr) return Answer(v1::SITUATION_FREE, fold.cleared);
  if (current != nullptr && LetOut(current) != nullptr) {
    return Answer(v1::SITUATION_FREE, LetOut(current));
  }
  return Answer(v1::SITUATION_NOT_STATED, nullptr);
}

SituationReading SituationOf(const CaseView& view, const RuleBook& rules, civil::Day as_of) {
  if (view.record == nullptr) return {};
  const Reading reading(view, rules.compiled(), as_of);
  SituationReading out = FoldSituation(reading);
  out.next_change = reading.next_change();
  return out;
}

}  // namespace vigil::registry
