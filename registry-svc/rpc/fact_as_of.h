// Which facts a read shows as of a day in the world.
#pragma once

#include <optional>

#include "common/civil/day.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// Whether a fact is shown as of a day, absent: of any day; by the rule of the derivation, see
// reading.h. Asked of what the caller may see, so that the day of a confidential fact cannot be
// searched for.
bool IsAsOf(const v1::Fact& shown, std::optional<civil::Day> day);

}  // namespace vigil::registry
