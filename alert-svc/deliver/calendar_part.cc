#include "alert-svc/deliver/calendar_part.h"

#include <fmt/format.h>

#include "alert-svc/deliver/wording.h"
#include "common/ical/ical.h"

namespace vigil::alert {
namespace {

using ical::Add;
using ical::Component;

std::string Summary(const Message& message, const MessageItem& item) {
  const registry::v1::Deadline& deadline = item.deadline;
  std::string text = fmt::format("[{}] {}", CaseCode(deadline.name()),
                                 WordsFor(message).KindText(deadline.kind()));
  if (message.receiver.private_() && !deadline.case_display_name().empty()) {
    text += ", " + deadline.case_display_name();
  }
  return text;
}

Component EventOf(const Message& message, const MessageItem& item, const std::string& page_url) {
  const registry::v1::Deadline& deadline = item.deadline;
  const std::optional<Day> first = ParseDay(deadline.earliest());
  if (!first.has_value()) return nullptr;
  const Day last = ParseDay(deadline.latest()).value_or(*first);
  const bool withdrawn = item.change == MessageItem::Change::kWithdrawn;
  const Words& words = WordsFor(message);
  Component event(icalcomponent_new_vevent());
  Add(event, icalproperty_new_uid(ical::UidOf(deadline.name()).c_str()));
  Add(event, icalproperty_new_dtstamp(ical::TimeOf(message.time)));
  Add(event, icalproperty_new_sequence(ical::SequenceOf(message.time)));
  Add(event, icalproperty_new_dtstart(ical::DateOf(*first)));
  Add(event, icalproperty_new_dtend(ical::DateOf(std::max(last, *first) + std::chrono::days(1))));
  Add(event, icalproperty_new_summary(Summary(message, item).c_str()));
  Add(event,
      icalproperty_new_description(
          fmt::format("{}\n{}", words.WhenText(deadline), words.SureText(deadline)).c_str()));
  Add(event, icalproperty_new_url(PageLink(deadline.name(), page_url).c_str()));
  Add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  Add(event, icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL));
  Add(event, icalproperty_new_status(withdrawn ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  return event;
}

}  // namespace

std::string WriteCalendar(const Message& message, const std::string& page_url) {
  if (message.form == Message::Form::kSummary) return "";
  Component calendar = ical::MakeCalendar("alert-svc");
  bool any = false;
  for (const MessageItem& item : message.items) {
    Component event = EventOf(message, item, page_url);
    if (event == nullptr) continue;
    icalcomponent_add_component(calendar.get(), event.release());
    any = true;
  }
  if (!any) return "";
  return ical::TextOf(calendar);
}

}  // namespace vigil::alert
