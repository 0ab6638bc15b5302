#pragma once

#include <optional>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "alert-svc/engine/world.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

// Why nobody will be told anything about a case or dossier, or, where somebody is, why nobody else
// hears that there is no answer; nullopt where it is watched, deleted, or a dossier without
// deadlines. A notice that a date is gone, and a message to
// whoever is disabled, watch nothing. `plan`: what is owed of it at `context.now`. Pure.
std::optional<v1::UnwatchedCase> UnwatchedOf(const World::CaseState& state, const CaseView& view,
                                             const std::vector<Planned>& plan,
                                             const PlanContext& context);

}  // namespace vigil::alert
