#include "gateway/ical/feed.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "common/civil/day.h"
#include "common/ical/ical.h"
#include "common/yaml/enum_name.h"
#include "fmt/format.h"

namespace vigil::gateway::ical {
namespace {

namespace reg = registry::v1;
using civil::Day;
using vigil::ical::Add;
using vigil::ical::Component;

// An event's dates; nothing where the deadline has none.
struct Dates {
  Day first, last;
};

std::optional<Dates> DatesOf(const reg::Deadline& deadline) {
  const std::optional<Day> first = civil::ParseDay(deadline.earliest());
  if (!first) return std::nullopt;
  const Day last = civil::ParseDay(deadline.latest()).value_or(*first);
  return Dates{*first, std::max(*first, last)};
}

// `cases/c-1` of `cases/c-1/deadlines/d-1`.
std::string_view ParentOf(std::string_view deadline) {
  return deadline.substr(0, deadline.find('/', deadline.find('/') + 1));
}

// "no later than" for DEADLINE_PRECISION_NO_LATER_THAN.
template <class Enum>
std::string Words(Enum value) {
  const auto* known = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  std::string words = known == nullptr ? "date" : ShortEnumName(known);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string Summary(const reg::Deadline& deadline, bool names) {
  const std::string_view parent = ParentOf(deadline.name());
  const std::string_view code = parent.substr(parent.find('/') + 1);
  if (!names) return fmt::format("[{}] {}", code, Words(deadline.kind()));
  const std::string& title = deadline.title();
  const std::string what = title.empty() ? Words(deadline.kind()) : title;
  if (deadline.case_display_name().empty()) return fmt::format("[{}] {}", code, what);
  return fmt::format("[{}] {}, {}", code, what, deadline.case_display_name());
}

// The boundary in words: an all-day event alone cannot say that a limit of the 7th is lawful until
// the end of the 6th.
std::string When(const reg::Deadline& deadline, const Dates& dates) {
  const auto day = [](Day at) { return civil::FormatDay(at); };
  const auto span = [&](Day first, Day last) {
    return first == last ? day(first) : fmt::format("{} to {}", day(first), day(last));
  };
  if (!deadline.earliest_time().empty()) {
    return deadline.earliest_time() == deadline.latest_time()
               ? deadline.earliest_time()
               : fmt::format("{} to {}", deadline.earliest_time(), deadline.latest_time());
  }
  switch (deadline.boundary()) {
    case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
      return fmt::format(
          "Before {} begins: {} is the last day.", span(dates.first, dates.last),
          span(dates.first - std::chrono::days(1), dates.last - std::chrono::days(1)));
    case reg::DEADLINE_BOUNDARY_END_OF_DAY:
      return fmt::format("Until the end of {}.", span(dates.first, dates.last));
    case reg::DEADLINE_BOUNDARY_FROM_DAY:
      return fmt::format("From the beginning of {}.", span(dates.first, dates.last));
    default:
      return fmt::format("On {}.", span(dates.first, dates.last));
  }
}

// What was assumed can tell a verdict: only with names.
std::string Description(const reg::Deadline& deadline, const Dates& dates, bool names) {
  std::string text =
      fmt::format("{}\nHow sure: {}.", When(deadline, dates), Words(deadline.precision()));
  if (!deadline.rule().empty()) text += fmt::format("\nRule: {}.", deadline.rule());
  if (!names) return text;
  for (const std::string& assumption : deadline.assumptions()) {
    text += fmt::format("\nAssumed: {}.", assumption);
  }
  return text;
}

void AddAlarm(const Component& event, const std::string& uid, int days, const std::string& text) {
  Component alarm(icalcomponent_new_valarm());
  icaltriggertype trigger{};
  trigger.time = icaltime_null_time();
  trigger.duration = icaldurationtype_from_int(-days * 24 * 3600);
  Add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
  Add(alarm, icalproperty_new_description(text.c_str()));
  Add(alarm, icalproperty_new_trigger(trigger));
  Add(alarm, icalproperty_new_uid(fmt::format("{}d.{}", days, uid).c_str()));
  icalcomponent_add_component(event.get(), alarm.release());
}

// Everything but what tells when the object was written.
Component EventOf(const reg::Deadline& deadline, const Dates& dates, const FeedOptions& options) {
  const std::string uid = vigil::ical::UidOf(deadline.name());
  const std::string summary = Summary(deadline, options.names);
  const bool withdrawn = deadline.state() == reg::DEADLINE_STATE_WITHDRAWN;
  Component event(icalcomponent_new_vevent());
  Add(event, icalproperty_new_uid(uid.c_str()));
  Add(event, icalproperty_new_dtstart(vigil::ical::DateOf(dates.first)));
  Add(event, icalproperty_new_dtend(vigil::ical::DateOf(dates.last + std::chrono::days(1))));
  Add(event, icalproperty_new_summary(summary.c_str()));
  Add(event, icalproperty_new_description(Description(deadline, dates, options.names).c_str()));
  Add(event, icalproperty_new_url(
                 fmt::format("{}/{}", options.page_url, ParentOf(deadline.name())).c_str()));
  Add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  Add(event, icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL));
  Add(event, icalproperty_new_status(withdrawn ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  if (deadline.state() == reg::DEADLINE_STATE_UPCOMING) {
    for (const int days : {14, 7, 1}) AddAlarm(event, uid, days, summary);
  }
  return event;
}

void AddX(const Component& calendar, const char* name, const std::string& value) {
  icalproperty* property = icalproperty_new_x(value.c_str());
  icalproperty_set_x_name(property, name);
  Add(calendar, property);
}

std::string EtagOf(const std::string& text) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string digits;
  for (const unsigned char byte : hash) digits += fmt::format("{:02x}", byte);
  return fmt::format("W/\"{}\"", digits);
}

}  // namespace

Feed WriteFeed(const std::vector<reg::Deadline>& deadlines, const FeedOptions& options) {
  Component calendar = vigil::ical::MakeCalendar("gateway");
  AddX(calendar, "X-WR-CALNAME", options.display_name);
  // How often to ask again: Apple reads the first, Outlook the second.
  icalproperty* refresh = icalproperty_new_refreshinterval(icaldurationtype_from_int(3600));
  icalproperty_add_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
  Add(calendar, refresh);
  AddX(calendar, "X-PUBLISHED-TTL", "PT1H");
  for (const reg::Deadline& deadline : deadlines) {
    const std::optional<Dates> dates = DatesOf(deadline);
    if (!dates) continue;
    icalcomponent_add_component(calendar.get(), EventOf(deadline, *dates, options).release());
  }
  Feed feed;
  feed.etag = EtagOf(vigil::ical::TextOf(calendar));
  for (icalcomponent* event =
           icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr;
       event = icalcomponent_get_next_component(calendar.get(), ICAL_VEVENT_COMPONENT)) {
    icalcomponent_add_property(event, icalproperty_new_dtstamp(vigil::ical::TimeOf(options.now)));
    icalcomponent_add_property(event,
                               icalproperty_new_sequence(vigil::ical::SequenceOf(options.now)));
  }
  feed.text = vigil::ical::TextOf(calendar);
  return feed;
}

}  // namespace vigil::gateway::ical
