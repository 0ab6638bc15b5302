#pragma once

#include <string>
#include <string_view>

namespace vigil::alert {

// Which plan a shard holds: `{code}/{tzdata}`, the version of the planning code and that of the
// time-zone data, "1/2024a". What comes from packs and calendars is in the deadlines, and so in the
// revision.
std::string PlanVersion(std::string_view tzdata);

// Whether a shard's plan is of a newer version than `own`: a replica that is behind neither plans
// nor sweeps it. A version that cannot be read is older than any.
bool IsNewerPlan(std::string_view found, std::string_view own);

}  // namespace vigil::alert
