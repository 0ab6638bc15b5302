#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil {

// The clock that all services of one instance share: calendar = start + (wall − origin) × rate, and
// `start` as long as the wall is before the origin.
// As text, lines of `key: value`: `start` and `wall_origin` in RFC 3339, `rate` in calendar seconds
// a second; or the single line `live`, which is calendar = wall.
struct ClockFile {
  bool live = true;
  absl::Time start;
  double rate = 1;
  absl::Time wall_origin;

  absl::Time CalendarAt(absl::Time wall) const;
  absl::Time WallAt(absl::Time calendar) const;
};

// Reads a clock file. Errors name the file and the line.
absl::StatusOr<ClockFile> ReadClockFile(const std::string& path);

// What `clock init` was asked for: `live`, an RFC 3339 time, or nothing.
struct ClockRequest {
  std::optional<std::string> start;
  std::optional<double> rate;
};

// Writes the clock file, once and atomically, with `wall` as its origin: without a start, a rate
// runs from `wall`; without either the clock is live. An existing file is kept: where the request
// says nothing or the same it is returned, else FAILED_PRECONDITION. A start that is no time with
// a zone, or a rate that is not between 0 (excluded) and 1e7, is INVALID_ARGUMENT.
absl::StatusOr<ClockFile> InitClockFile(const std::string& path, const ClockRequest& request,
                                        absl::Time wall);

}  // namespace vigil
