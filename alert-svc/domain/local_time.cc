#include "alert-svc/domain/local_time.h"

#include <atomic>
#include <string>

#include "absl/time/civil_time.h"

namespace vigil::alert {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

// The library keeps a zone for ever under the name by which it was asked for. Another spelling of
// the same file is read anew: `./Asia/Almaty`.
std::atomic<int> reloads = 0;

}  // namespace

std::optional<absl::TimeZone> FindZone(std::string_view name) {
  std::string spelled;
  for (int i = reloads; i > 0; --i) spelled += "./";
  spelled += name;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(spelled, &zone)) return std::nullopt;
  return zone;
}

// The one that was asked for last is at hand: a plan asks for the same again and again.
absl::TimeZone Zone(std::string_view name) {
  struct Last {
    std::string name;
    int reloads = -1;
    absl::TimeZone zone;
  };
  thread_local Last last;
  const int now = reloads;
  if (last.reloads != now || last.name != name) {
    last = {std::string(name), now, FindZone(name).value_or(absl::UTCTimeZone())};
  }
  return last.zone;
}

void ReloadZones() { ++reloads; }

absl::Time LocalMoment(civil::Day day, int hour, const absl::TimeZone& zone) {
  const std::chrono::year_month_day date(day);
  const absl::CivilHour civil(int{date.year()}, unsigned{date.month()}, unsigned{date.day()}, hour);
  return zone.At(civil).pre;
}

civil::Day LocalDay(absl::Time time, const absl::TimeZone& zone) {
  return civil::Day(std::chrono::days(absl::CivilDay(zone.At(time).cs) - kEpoch));
}

}  // namespace vigil::alert
