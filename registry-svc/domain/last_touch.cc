#include "registry-svc/domain/last_touch.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace vigil::registry {
namespace {

using civil::Day;

// The local days on which things were recorded.
class Days {
 public:
  Days(const Reading& reading, absl::TimeZone zone) : reading_(reading), zone_(zone) {}

  Day Of(int64_t seconds) const {
    // absl::CivilDay() is the day from which sys_days count.
    const absl::CivilDay day = absl::ToCivilDay(absl::FromUnixSeconds(seconds), zone_);
    return Day(std::chrono::days(day - absl::CivilDay()));
  }
  // What was recorded then is there on the day asked for.
  bool HasCome(int64_t seconds) const { return reading_.HasCome(Of(seconds)); }

 private:
  const Reading& reading_;
  const absl::TimeZone zone_;
};

// The last moment after `entered` at which something came into the record of the case, a fact, a
// correction, a retraction or a change of the case itself; nothing where none did.
std::optional<int64_t> LastRecorded(const CaseView& view, int64_t entered, const Days& days) {
  std::optional<int64_t> last;
  const auto take = [&](bool there, const google::protobuf::Timestamp& time) {
    if (!there || time.seconds() <= last.value_or(entered)) return;
    if (days.HasCome(time.seconds())) last = time.seconds();
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

// The last dated fact of those that are there; null: of all.
Start LastFactStart(const Reading& reading, const Days* days) {
  const CheckedFact* last = nullptr;
  for (const CheckedFact* fact : reading.facts()) {
    const auto day = fact->date.known_from();
    if (!day || !reading.HasCome(*day)) continue;
    if (days != nullptr && !days->HasCome(fact->fact().create_time().seconds())) continue;
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
    return LastFactStart(reading, nullptr);
  }
  const Days days(reading, zone);
  if (const auto touched = LastRecorded(view, entered, days)) {
    const Day day = days.Of(*touched);
    return From(day, fmt::format("Something was last recorded on {}.", civil::FormatDay(day)));
  }
  const bool there = days.HasCome(entered);
  Start out = LastFactStart(reading, there ? &days : nullptr);
  if (!out.points.empty() || !there) return out;
  const Day day = days.Of(entered);
  return From(day, fmt::format("The case was recorded on {}, without a dated fact.",
                               civil::FormatDay(day)));
}

}  // namespace vigil::registry
