#include "registry-svc/domain/last_touch.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace vigil::registry {
namespace {

using civil::Day;

// Later than any moment, in seconds.
constexpr int64_t kEver = std::numeric_limits<int64_t>::max();

// The last moment in (`after`, `before`) at which something came into the record of the case, a
// fact, a correction, a retraction or a change of the case itself; nothing where none did.
std::optional<int64_t> LastRecorded(const CaseView& view, int64_t after, int64_t before) {
  std::optional<int64_t> last;
  const auto take = [&](bool there, const google::protobuf::Timestamp& time) {
    if (!there || time.seconds() <= after || time.seconds() >= before) return;
    if (!last || time.seconds() > *last) last = time.seconds();
  };
  take(view.record->has_update_time(), view.record->update_time());
  for (const CheckedFact* fact : view.facts) {
    const v1::Fact& message = fact->fact();
    take(message.has_create_time(), message.create_time());
    take(message.has_retract_time(), message.retract_time());
    take(message.has_erase_time(), message.erase_time());
  }
  return last;
}

Start From(Day day, std::string step) {
  Start out;
  out.points = {{day}};
  out.steps.push_back(std::move(step));
  return out;
}

// The last dated fact of those recorded before that moment.
Start LastFactStart(const Reading& reading, int64_t before) {
  const CheckedFact* last = nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    const auto day = fact->date.known_from();
    if (!day || *day > reading.as_of() || fact->fact().create_time().seconds() >= before) continue;
    if (last == nullptr || *day >= *last->date.known_from()) last = fact;
  }
  if (last == nullptr) return {};
  const Day day = *last->date.known_from();
  Start out = From(day, fmt::format("The last fact of the case is of {}.", civil::FormatDay(day)));
  out.facts = {last};
  return out;
}

}  // namespace

Start LastTouchStart(const Reading& reading) {
  const CaseView& view = reading.view();
  const int64_t entered = view.record->create_time().seconds();
  absl::TimeZone zone;
  if (entered == 0 || !absl::LoadTimeZone(std::string(view.time_zone()), &zone)) {
    return LastFactStart(reading, kEver);
  }
  // absl::CivilDay() is the day from which sys_days count.
  const absl::CivilDay next = absl::CivilDay() + (reading.as_of().time_since_epoch().count() + 1);
  const int64_t over = absl::ToUnixSeconds(absl::FromCivil(next, zone));
  const auto local_day = [&](int64_t seconds) {
    return Day(std::chrono::days(absl::ToCivilDay(absl::FromUnixSeconds(seconds), zone) -
                                 absl::CivilDay()));
  };
  if (const auto touched = LastRecorded(view, entered, over)) {
    const Day day = local_day(*touched);
    return From(day, fmt::format("Something was last recorded on {}.", civil::FormatDay(day)));
  }
  Start out = LastFactStart(reading, entered < over ? over : kEver);
  if (!out.points.empty() || entered >= over) return out;
  const Day day = local_day(entered);
  return From(day, fmt::format("The case was recorded on {}, without a dated fact.",
                               civil::FormatDay(day)));
}

}  // namespace vigil::registry
