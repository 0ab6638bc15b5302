// What the domain reads: a case (or a dossier) and the facts that count in it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "registry-svc/domain/checked_fact.h"
#include "vigil/registry/v1/case.pb.h"

namespace vigil::registry {

// Borrowed for one call. Exactly one of `record` and `dossier` is set.
struct CaseView {
  const v1::Case* record = nullptr;
  const v1::Dossier* dossier = nullptr;
  // Its own facts and those from elsewhere that concern it, in the order in which they were
  // recorded. Retracted facts and facts that a later one of their line corrects are skipped by the
  // domain.
  std::span<const CheckedFact* const> facts;

  const std::string& name() const { return record != nullptr ? record->name() : dossier->name(); }
  // The zone in which its days turn.
  std::string_view time_zone() const;
  // The prosecuting State; `KZ` where the case does not say.
  std::string_view country() const;
};

}  // namespace vigil::registry
