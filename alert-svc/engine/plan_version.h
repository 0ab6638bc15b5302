#pragma once

#include <string>
#include <string_view>

namespace vigil::alert {

// Which plan a shard holds: `{code}/{tzdata}/{calendars}`, the version of the planning code, that
// of the time-zone data and that of the calendars by which people's working days are told (see
// app/calendars.h), "1/2024a/1527811200-9f3ab2c4d5e6f708". What comes from the registry's packs and
// calendars is in the deadlines, and so in the revision.
std::string PlanVersion(std::string_view tzdata, std::string_view calendars);

// Whether a shard's plan is of a newer version than `own`: a replica that is behind neither plans
// nor sweeps it. A version that cannot be read is older than any. Calendars are newer than other
// ones where they were changed later; where that was at one time, neither is.
bool IsNewerPlan(std::string_view found, std::string_view own);

}  // namespace vigil::alert
