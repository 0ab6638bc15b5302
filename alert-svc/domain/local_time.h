#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/civil/day.h"

namespace vigil::alert {

// A zone by its IANA name; nothing where the name is not known. By the machine's time-zone data as
// it was when the zone was first asked for after the last reload.
std::optional<absl::TimeZone> FindZone(std::string_view name);

// The same; UTC where the name is not known (settings refuse such names).
absl::TimeZone Zone(std::string_view name);

// The machine's time-zone data is another now: zones asked for from here on are read anew. Those
// that were handed out stay as they are. From any thread.
void ReloadZones();

// `hour`:00 of a day in a zone. An hour that the day skips is read with the offset before the gap,
// one that comes twice is the first (RFC 5545, 3.3.5).
absl::Time LocalMoment(civil::Day day, int hour, const absl::TimeZone& zone);

// The day it is in a zone.
civil::Day LocalDay(absl::Time time, const absl::TimeZone& zone);

}  // namespace vigil::alert
