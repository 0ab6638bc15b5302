#include "common/ical/ical.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace vigil::ical {
namespace {

// `cases.c-1.deadlines.d-1@vigil`: the UID of a deadline, for ever; likewise of a case.
std::string UidOf(std::string_view name) {
  std::string uid(name);
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

// `cases/c-1` of `cases/c-1/deadlines/d-1`.
std::string_view ParentOf(std::string_view deadline_name) {
  return deadline_name.substr(0, deadline_name.find('/', deadline_name.find('/') + 1));
}

icaltimetype UtcOf(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone());
}

std::optional<absl::Time> ParseMoment(const std::string& text) {
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
  return time;
}

int SequenceOf(absl::Time time, bool cancelled) {
  constexpr std::int64_t kYear2000 = 946'684'800;
  const std::int64_t seconds = std::max<std::int64_t>(absl::ToUnixSeconds(time) - kYear2000, 0);
  return static_cast<int>(seconds / 60) * 2 + (cancelled ? 1 : 0);
}

Component NewEvent(std::string_view uid) {
  Component event(icalcomponent_new_vevent());
  Add(event, icalproperty_new_uid(std::string(uid).c_str()));
  Add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  Add(event, icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL));
  return event;
}

// A DTEND must be later than the DTSTART; without one the event ends as it begins.
Component MakeMoment(std::string_view uid, absl::Time first, absl::Time last) {
  Component event = NewEvent(uid);
  Add(event, icalproperty_new_dtstart(UtcOf(first)));
  if (last > first) Add(event, icalproperty_new_dtend(UtcOf(last)));
  return event;
}

// Without words yet; null where the deadline has no date.
Component MakeDated(const registry::v1::Deadline& deadline) {
  const std::string uid = UidOf(deadline.name());
  if (const auto moment = ParseMoment(deadline.earliest_time())) {
    return MakeMoment(uid, *moment, ParseMoment(deadline.latest_time()).value_or(*moment));
  }
  const std::optional<civil::Day> first = civil::ParseDay(deadline.earliest());
  if (!first) return nullptr;
  const civil::Day last = civil::ParseDay(deadline.latest()).value_or(*first);
  return MakeEvent(uid, *first, std::max(*first, last));
}

void AddAlarm(icalcomponent* event, int days, const std::string& text) {
  Component alarm(icalcomponent_new_valarm());
  icaltriggertype trigger{};
  trigger.time = icaltime_null_time();
  trigger.duration = icaldurationtype_from_int(-days * 24 * 3600);
  Add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
  Add(alarm, icalproperty_new_description(text.c_str()));
  Add(alarm, icalproperty_new_trigger(trigger));
  Add(alarm,
      icalproperty_new_uid(fmt::format("{}d.{}", days, icalcomponent_get_uid(event)).c_str()));
  icalcomponent_add_component(event, alarm.release());
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
  Component event = MakeDated(deadline);
  if (event == nullptr) return nullptr;
  Add(event, icalproperty_new_relatedto(UidOf(ParentOf(deadline.name())).c_str()));
  Add(event, icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  return event;
}

Component MakeEvent(std::string_view uid, civil::Day first, civil::Day last) {
  Component event = NewEvent(uid);
  Add(event, icalproperty_new_dtstart(DateOf(first)));
  Add(event, icalproperty_new_dtend(DateOf(last + std::chrono::days(1))));
  return event;
}

void Stamp(icalcomponent* event, absl::Time time) {
  const bool cancelled = icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
  icalcomponent_add_property(event, icalproperty_new_dtstamp(UtcOf(time)));
  icalcomponent_add_property(event, icalproperty_new_sequence(SequenceOf(time, cancelled)));
}

void AddLastModified(icalcomponent* event, absl::Time time) {
  icalcomponent_add_property(event, icalproperty_new_lastmodified(UtcOf(time)));
}

void AddAlarms(icalcomponent* event, const std::string& text) {
  for (const int days : {14, 7, 1}) AddAlarm(event, days, text);
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
