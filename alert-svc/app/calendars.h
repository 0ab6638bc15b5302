#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/civil/working_days.h"

namespace vigil::alert {

// The calendars by which people's working days are told.
struct LoadedCalendars {
  civil::Calendars days;
  // `{seconds since 1970 at which a file was changed last}-{hash of all they say}`; empty: none.
  // Part of the plan's version: replicas with other calendars plan otherwise.
  std::string version;
};

// Reads the calendars of a folder; an empty name: none. Errors name the file and the key.
absl::StatusOr<LoadedCalendars> LoadCalendars(const std::string& folder);

}  // namespace vigil::alert
