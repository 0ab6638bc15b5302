#include "common/ical/ical.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace vigil::ical {
namespace {

// `cases.c-1.deadlines.d-1@vigil`: the UID of a deadline, for ever.
std::string UidOf(std::string_view deadline_name) {
  std::string uid(deadline_name);
  std::replace(uid.begin(), uid.end(), '/', '.');
  return uid + "@vigil";
}

icaltimetype DateOf(civil::Day day) {
  const std::chrono::year_month_day date(day);
  icaltimetype time = icaltime_null_date();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  return time;
}

int SequenceOf(absl::Time time, bool cancelled) {
  constexpr std::int64_t kYear2000 = 946'684'800;
  return static_cast<int>((absl::ToUnixSeconds(time) - kYear2000) / 60) * 2 + (cancelled ? 1 : 0);
}

}  // namespace

Component MakeCalendar(std::string_view maker) {
  Component calendar(icalcomponent_new_vcalendar());
  Add(calendar, icalproperty_new_version("2.0"));
  Add(calendar, icalproperty_new_prodid(fmt::format("-//Vigil//{}//EN", maker).c_str()));
  Add(calendar, icalproperty_new_calscale("GREGORIAN"));
  Add(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
  return calendar;
}

Component MakeEvent(const registry::v1::Deadline& deadline, bool cancelled) {
  const std::optional<civil::Day> first = civil::ParseDay(deadline.earliest());
  if (!first) return nullptr;
  const civil::Day last = civil::ParseDay(deadline.latest()).value_or(*first);
  Component event = MakeEvent(UidOf(deadline.name()), *first, std::max(*first, last));
  Add(event, icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  return event;
}

Component MakeEvent(std::string_view uid, civil::Day first, civil::Day last) {
  Component event(icalcomponent_new_vevent());
  Add(event, icalproperty_new_uid(std::string(uid).c_str()));
  Add(event, icalproperty_new_dtstart(DateOf(first)));
  Add(event, icalproperty_new_dtend(DateOf(last + std::chrono::days(1))));
  Add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  Add(event, icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL));
  return event;
}

void Stamp(icalcomponent* event, absl::Time time) {
  const bool cancelled = icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
  icalcomponent_add_property(event, icalproperty_new_dtstamp(icaltime_from_timet_with_zone(
                                        absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone())));
  icalcomponent_add_property(event, icalproperty_new_sequence(SequenceOf(time, cancelled)));
}

void Add(const Component& component, icalproperty* property) {
  icalcomponent_add_property(component.get(), property);
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, ' ');
  return line;
}

std::string TextOf(const Component& component) {
  const std::unique_ptr<char, decltype(&std::free)> text(
      icalcomponent_as_ical_string_r(component.get()), std::free);
  return text.get();
}

}  // namespace vigil::ical
