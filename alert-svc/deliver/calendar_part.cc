#include "alert-svc/deliver/calendar_part.h"

#include <fmt/format.h>

#include <algorithm>

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
  return ical::OneLine(text);
}

// When what an item says last changed: a notice of a change is written because of it.
absl::Time ChangedAt(const Message& message, const MessageItem& item) {
  const bool known = item.change == MessageItem::Change::kNone && item.deadline.has_known_time();
  return known ? std::min(absl::FromUnixSeconds(item.deadline.known_time().seconds()), message.time)
               : message.time;
}

Component EventOf(const Message& message, const MessageItem& item, const std::string& page_url) {
  const registry::v1::Deadline& deadline = item.deadline;
  Component event = ical::MakeEvent(deadline, item.change == MessageItem::Change::kWithdrawn);
  if (event == nullptr) return nullptr;
  const Words& words = WordsFor(message);
  ical::Stamp(event.get(), message.time);
  ical::AddLastModified(event.get(), ChangedAt(message, item));
  Add(event, icalproperty_new_categories(std::string(words.KindText(deadline.kind())).c_str()));
  const std::string summary = Summary(message, item);
  Add(event, icalproperty_new_summary(summary.c_str()));
  Add(event, icalproperty_new_description(fmt::format("{}\n{}", words.WhenText(deadline),
                                                      words.SureText(deadline, item.doubt))
                                              .c_str()));
  Add(event, icalproperty_new_url(PageLink(deadline.name(), page_url).c_str()));
  const bool withdrawn = item.change == MessageItem::Change::kWithdrawn;
  if (!withdrawn && DaysAhead(deadline, message.today) >= 0) ical::AddAlarms(event.get(), summary);
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
