#include "alert-svc/deliver/calendar_part.h"

#include <fmt/format.h>
#include <libical/ical.h>

#include <cstdlib>
#include <memory>

#include "alert-svc/deliver/wording.h"

namespace vigil::alert {
namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

icaltimetype DateOf(Day day) {
  const std::chrono::year_month_day date(day);
  icaltimetype time = icaltime_null_date();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  return time;
}

// Hours since 2000: whole, growing, and far from the end of 32 bits.
int SequenceOf(absl::Time time) {
  constexpr int64_t kYear2000 = 946'684'800;
  return static_cast<int>((absl::ToUnixSeconds(time) - kYear2000) / 3600);
}

std::string UidOf(const std::string& deadline_name) {
  std::string uid = deadline_name;
  for (char& c : uid) {
    if (c == '/') c = '.';
  }
  return uid + "@vigil";
}

std::string Summary(const Message& message, const MessageItem& item) {
  const registry::v1::Deadline& deadline = item.deadline;
  std::string text = fmt::format("[{}] {}", CaseCode(deadline.name()),
                                 WordsFor(message).KindText(deadline.kind()));
  if (message.receiver.private_() && !deadline.case_display_name().empty()) {
    text += ", " + deadline.case_display_name();
  }
  return text;
}

void Add(icalcomponent* event, icalproperty* property) {
  icalcomponent_add_property(event, property);
}

Component EventOf(const Message& message, const MessageItem& item, const std::string& page_url) {
  const registry::v1::Deadline& deadline = item.deadline;
  const std::optional<Day> first = ParseDay(deadline.earliest());
  if (!first.has_value()) return nullptr;
  const Day last = ParseDay(deadline.latest()).value_or(*first);
  const bool withdrawn = item.change == MessageItem::Change::kWithdrawn;
  const Words& words = WordsFor(message);
  Component event(icalcomponent_new_vevent());
  Add(event.get(), icalproperty_new_uid(UidOf(deadline.name()).c_str()));
  Add(event.get(), icalproperty_new_dtstamp(icaltime_from_timet_with_zone(
                       absl::ToTimeT(message.time), 0, icaltimezone_get_utc_timezone())));
  Add(event.get(), icalproperty_new_sequence(SequenceOf(message.time)));
  Add(event.get(), icalproperty_new_dtstart(DateOf(*first)));
  Add(event.get(), icalproperty_new_dtend(DateOf(std::max(last, *first) + std::chrono::days(1))));
  Add(event.get(), icalproperty_new_summary(Summary(message, item).c_str()));
  Add(event.get(),
      icalproperty_new_description(
          fmt::format("{}\n{}", words.WhenText(deadline), words.SureText(deadline)).c_str()));
  Add(event.get(), icalproperty_new_url(PageLink(deadline.name(), page_url).c_str()));
  Add(event.get(), icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  Add(event.get(), icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL));
  Add(event.get(),
      icalproperty_new_status(withdrawn ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  return event;
}

}  // namespace

std::string WriteCalendar(const Message& message, const std::string& page_url) {
  if (message.form == Message::Form::kSummary) return "";
  Component calendar(icalcomponent_new_vcalendar());
  Add(calendar.get(), icalproperty_new_version("2.0"));
  Add(calendar.get(), icalproperty_new_prodid("-//Vigil//alert-svc//EN"));
  Add(calendar.get(), icalproperty_new_calscale("GREGORIAN"));
  Add(calendar.get(), icalproperty_new_method(ICAL_METHOD_PUBLISH));
  bool any = false;
  for (const MessageItem& item : message.items) {
    Component event = EventOf(message, item, page_url);
    if (event == nullptr) continue;
    icalcomponent_add_component(calendar.get(), event.release());
    any = true;
  }
  if (!any) return "";
  const std::unique_ptr<char, decltype(&std::free)> text(
      icalcomponent_as_ical_string_r(calendar.get()), std::free);
  return text.get();
}

}  // namespace vigil::alert
