// Where a person stands on a day: a fold of the facts, first match wins.
#pragma once

#include <string>
#include <vector>

#include "common/civil/day.h"
#include "registry-svc/domain/case_view.h"
#include "registry-svc/domain/rule_book.h"
#include "vigil/registry/v1/case.pb.h"

namespace vigil::registry {

// A situation and what it rests on.
struct SituationReading {
  v1::Situation situation = v1::SITUATION_NOT_STATED;
  // Since when, as the fact that says so is dated; empty where none is.
  std::string since;
  // `DECIDED_NOT_YET_OUT`: a decision releases the person and is not in force yet.
  // (`ENDED_UNCONFIRMED` follows from a finding of that kind, see deadline.h; `MIXED_SCRIPT_NAME`
  // is the casebook's.)
  std::vector<std::string> flags;
  // As Derivation's.
  civil::Day next_change = civil::Day::max();
};

// The situation on the day `as_of`, from the facts that count by then (an imprecise fact counts
// from its latest day). A computed date never changes a situation. The rule book says when an order
// enters into force, for the flag alone. Pure: no clock, no I/O. A dossier has no situation:
// NOT_STATED.
SituationReading SituationOf(const CaseView& view, const RuleBook& rules, civil::Day as_of);

}  // namespace vigil::registry
