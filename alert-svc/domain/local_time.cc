#include "alert-svc/domain/local_time.h"

#include <atomic>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"

namespace vigil::alert {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

// The library keeps a zone for ever under the name by which it was asked for. Another spelling of
// the same file is read anew: `./Asia/Almaty`.
std::atomic<int> reloads = 0;

// So far from a change of the offset (none is greater) no hour is skipped, and none comes twice.
constexpr absl::Duration kNear = absl::Hours(48);
constexpr absl::Duration kDay = absl::Hours(24);

// A time in which a zone keeps its offset.
struct Steady {
  absl::TimeZone zone;
  absl::Time from = absl::InfiniteFuture(), to = absl::InfinitePast();
  absl::Duration offset;
};

Steady FindSteady(const absl::TimeZone& zone, absl::Time time) {
  Steady steady{zone, absl::InfinitePast(), absl::InfiniteFuture(),
                absl::Seconds(zone.At(time).offset)};
  absl::TimeZone::CivilTransition change;
  if (zone.NextTransition(time, &change)) steady.to = zone.At(change.to).trans;
  // Strictly before, in whole seconds.
  if (zone.PrevTransition(time + absl::Seconds(1), &change)) {
    steady.from = zone.At(change.to).trans;
  }
  return steady;
}

// The two that were asked for last are at hand, summer and winter: to look one up takes a hundred
// times as long.
const Steady& SteadyAt(const absl::TimeZone& zone, absl::Time time) {
  thread_local Steady last, other;
  const auto holds = [&] { return last.zone == zone && last.from <= time && time < last.to; };
  if (holds()) return last;
  std::swap(last, other);
  if (!holds()) last = FindSteady(zone, time);
  return last;
}

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
  const absl::Time utc =
      absl::UnixEpoch() + absl::Hours(24 * day.time_since_epoch().count() + hour);
  const Steady& steady = SteadyAt(zone, utc);
  // Near a change of the offset an hour may be skipped, or come twice.
  const absl::Time moment = utc - steady.offset;
  if (moment >= steady.from + kNear && moment < steady.to - kNear) return moment;
  const std::chrono::year_month_day date(day);
  const absl::CivilHour civil(int{date.year()}, unsigned{date.month()}, unsigned{date.day()}, hour);
  return zone.At(civil).pre;
}

civil::Day LocalDay(absl::Time time, const absl::TimeZone& zone) {
  const absl::Duration local = time + SteadyAt(zone, time).offset - absl::UnixEpoch();
  return civil::Day(std::chrono::days(absl::ToInt64Hours(absl::Floor(local, kDay)) / 24));
}

}  // namespace vigil::alert
