#include "alert-svc/domain/deadline_state.h"

#include <algorithm>
#include <optional>

#include "alert-svc/domain/local_time.h"
#include "common/civil/day.h"
#include "common/day_state/day_state.h"

namespace vigil::alert {
namespace {

using civil::Day;
using registry::v1::Deadline;
using registry::v1::DeadlineState;

// As of a day; `next` becomes the first later one on which it may be another.
DeadlineState StateOn(const Deadline& deadline, Day today, Day& next) {
  next = Day::max();
  if (!IsStateOfTheDay(deadline.state())) return deadline.state();
  const std::optional<Day> earliest = civil::ParseDay(deadline.earliest());
  const std::optional<Day> latest = civil::ParseDay(deadline.latest());
  if (!earliest || !latest) return deadline.state();
  return StateOfTheDay(*earliest, *latest, deadline.nature(), [&](Day day) {
    if (day > today) next = std::min(next, day);
    return day <= today;
  });
}

}  // namespace

DeadlineState StateAt(const Deadline& deadline, absl::Time now) {
  Day next;
  return StateOn(deadline, LocalDay(now, Zone(deadline.time_zone())), next);
}

absl::Time NextStateAfter(const Deadline& deadline, absl::Time now) {
  const absl::TimeZone zone = Zone(deadline.time_zone());
  Day next;
  StateOn(deadline, LocalDay(now, zone), next);
  return next == Day::max() ? absl::InfiniteFuture() : LocalMoment(next, 0, zone);
}

}  // namespace vigil::alert
