#pragma once

#include <vector>

#include "alert-svc/domain/plan.h"
#include "alert-svc/engine/world.h"
#include "vigil/alert/v1/alert.pb.h"

namespace vigil::alert {

// The alerts of one case as the API shows them: what was told, from the receipts, and what is to
// come, from the plan. Pure.
std::vector<v1::Alert> AlertsOf(const World::CaseState& state, const std::vector<Planned>& plan,
                                absl::Time now);

// When the state of one of the deadlines of a case changes next by the day alone; InfiniteFuture:
// never.
absl::Time NextDeadlineState(const World::CaseState& state, absl::Time now);

}  // namespace vigil::alert
