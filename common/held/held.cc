#include "common/held/held.h"

#include <algorithm>
#include <chrono>

#include "common/civil/day.h"

namespace vigil {
namespace {

constexpr absl::Duration kLongestSnooze = absl::Hours(24);
// A day begins so long before it does in UTC.
constexpr absl::Duration kFirstZone = absl::Hours(14);

}  // namespace

bool IsHeld(registry::v1::DeadlineKind kind) {
  return kind == registry::v1::DEADLINE_KIND_CUSTODY_LIMIT ||
         kind == registry::v1::DEADLINE_KIND_COMMITTAL_END ||
         kind == registry::v1::DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT;
}

absl::Time LatestSnooze(registry::v1::DeadlineKind kind, std::string_view earliest,
                        absl::Time now) {
  if (!IsHeld(kind)) return absl::InfiniteFuture();
  const civil::Day day = civil::ParseDay(earliest).value_or(civil::Day{});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch());
  return std::min(now + kLongestSnooze, absl::FromUnixSeconds(seconds.count()) - kFirstZone);
}

}  // namespace vigil
