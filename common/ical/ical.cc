#include "common/ical/ical.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace vigil::ical {

std::string UidOf(std::string_view deadline_name) {
  std::string uid(deadline_name);
  std::replace(uid.begin(), uid.end(), '/', '.');
  return uid + "@vigil";
}

int SequenceOf(absl::Time time) {
  constexpr int64_t kYear2000 = 946'684'800;
  return static_cast<int>((absl::ToUnixSeconds(time) - kYear2000) / 3600);
}

icaltimetype DateOf(civil::Day day) {
  const std::chrono::year_month_day date(day);
  icaltimetype time = icaltime_null_date();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  return time;
}

icaltimetype TimeOf(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone());
}

Component MakeCalendar(std::string_view maker) {
  Component calendar(icalcomponent_new_vcalendar());
  Add(calendar, icalproperty_new_version("2.0"));
  Add(calendar, icalproperty_new_prodid(fmt::format("-//Vigil//{}//EN", maker).c_str()));
  Add(calendar, icalproperty_new_calscale("GREGORIAN"));
  Add(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
  return calendar;
}

void Add(const Component& component, icalproperty* property) {
  icalcomponent_add_property(component.get(), property);
}

std::string TextOf(const Component& component) {
  const std::unique_ptr<char, decltype(&std::free)> text(
      icalcomponent_as_ical_string_r(component.get()), std::free);
  return text.get();
}

}  // namespace vigil::ical
