#include "alert-svc/domain/local_time.h"

#include <string>

#include "absl/time/civil_time.h"

namespace vigil::alert {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

}  // namespace

absl::TimeZone Zone(std::string_view name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(std::string(name), &zone)) return absl::UTCTimeZone();
  return zone;
}

absl::Time LocalMoment(civil::Day day, int hour, const absl::TimeZone& zone) {
  const absl::CivilDay civil = kEpoch + day.time_since_epoch().count();
  return zone.At(absl::CivilHour(civil) + hour).pre;
}

civil::Day LocalDay(absl::Time time, const absl::TimeZone& zone) {
  return civil::Day(std::chrono::days(absl::CivilDay(zone.At(time).cs) - kEpoch));
}

}  // namespace vigil::alert
