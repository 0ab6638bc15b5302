#include "registry-svc/domain/local_day.h"

namespace vigil::registry {

absl::Time DayBegins(civil::Day day, absl::TimeZone zone) {
  if (day == civil::Day::max()) return absl::InfiniteFuture();
  const std::chrono::year_month_day ymd(day);
  const absl::CivilDay civil(static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                             static_cast<unsigned>(ymd.day()));
  return absl::FromCivil(civil, zone);
}

}  // namespace vigil::registry
