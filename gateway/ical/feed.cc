#include "gateway/ical/feed.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "common/civil/day.h"
#include "common/ical/ical.h"
#include "fmt/format.h"
#include "gateway/ical/wording.h"

namespace vigil::gateway::ical {
namespace {

namespace reg = registry::v1;
using vigil::ical::Add;
using vigil::ical::Component;

// How often to ask again.
constexpr int kRefreshSeconds = 3600;
// What a program may show the whole calendar in (RFC 7986).
constexpr char kColor[] = "firebrick";

std::string Summary(const reg::Deadline& deadline, bool names) {
  const std::string_view parent = ParentOf(deadline.name());
  std::string text =
      fmt::format("[{}] {}", parent.substr(parent.find('/') + 1), WhatText(deadline, names));
  if (names && !deadline.case_display_name().empty()) text += ", " + deadline.case_display_name();
  const std::string notes = NotesText(deadline);
  return vigil::ical::OneLine(notes.empty() ? text : fmt::format("{} ({})", text, notes));
}

// The facts of a dossier can move the dates of a case.
absl::Time ChangedAt(const reg::Deadline& deadline, const ChangeTimes& changed) {
  const absl::Time known = absl::FromUnixSeconds(deadline.known_time().seconds());
  const auto parent = changed.find(ParentOf(deadline.name()));
  return parent == changed.end() ? known : std::max(known, parent->second);
}

void Stamp(const Component& event, absl::Time changed) {
  vigil::ical::Stamp(event.get(), changed);
  vigil::ical::AddLastModified(event.get(), changed);
}

Component EventOf(const reg::Deadline& deadline, const ChangeTimes& changed,
                  const FeedOptions& options) {
  Component event =
      vigil::ical::MakeEvent(deadline, deadline.state() == reg::DEADLINE_STATE_WITHDRAWN);
  if (event == nullptr) return nullptr;
  Stamp(event, ChangedAt(deadline, changed));
  const std::string summary = Summary(deadline, options.names);
  Add(event, icalproperty_new_summary(summary.c_str()));
  Add(event, icalproperty_new_description(DescriptionText(deadline, options.names).c_str()));
  Add(event, icalproperty_new_url(
                 fmt::format("{}/{}", options.page_url, ParentOf(deadline.name())).c_str()));
  Add(event, icalproperty_new_categories(WhatText(deadline, false).c_str()));
  if (deadline.state() == reg::DEADLINE_STATE_UPCOMING) {
    vigil::ical::AddAlarms(event.get(), summary);
  }
  return event;
}

// A date that is missing without a word would be taken for one that does not exist.
Component LeftOutEvent(const FeedOptions& options) {
  const auto today = std::chrono::floor<std::chrono::days>(absl::ToChronoTime(options.now));
  Component event = vigil::ical::MakeEvent("left-out@vigil", today, today);
  Stamp(event, absl::FromChrono(today));
  Add(event, icalproperty_new_summary(LeftOutText(options.most).c_str()));
  return event;
}

// libical escapes a backslash and line breaks here, not a comma or semicolon, as most writers of
// such names do.
void AddX(const Component& calendar, const char* name, const std::string& value) {
  icalproperty* property = icalproperty_new_x(value.c_str());
  icalproperty_set_x_name(property, name);
  Add(calendar, property);
}

// Of the two names and the two intervals, some programs read one and some the other.
Component CalendarOf(const FeedOptions& options) {
  Component calendar = vigil::ical::MakeCalendar("gateway");
  const std::string name = vigil::ical::OneLine(options.display_name);
  Add(calendar, icalproperty_new_name(name.c_str()));
  AddX(calendar, "X-WR-CALNAME", name);
  icalproperty* refresh =
      icalproperty_new_refreshinterval(icaldurationtype_from_int(kRefreshSeconds));
  icalproperty_add_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
  Add(calendar, refresh);
  AddX(calendar, "X-PUBLISHED-TTL", "PT1H");
  Add(calendar, icalproperty_new_color(kColor));
  return calendar;
}

std::string EtagOf(const std::string& text) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string digits;
  for (const unsigned char byte : hash) digits += fmt::format("{:02x}", byte);
  return fmt::format("\"{}\"", digits);
}

}  // namespace

std::string_view ParentOf(std::string_view deadline) {
  return deadline.substr(0, deadline.find('/', deadline.find('/') + 1));
}

Feed WriteFeed(const std::vector<reg::Deadline>& deadlines, const ChangeTimes& changed,
               const FeedOptions& options) {
  Component calendar = CalendarOf(options);
  const auto end = deadlines.begin() + std::min(deadlines.size(), options.most);
  for (auto deadline = deadlines.begin(); deadline != end; ++deadline) {
    Component event = EventOf(*deadline, changed, options);
    if (event != nullptr) icalcomponent_add_component(calendar.get(), event.release());
  }
  if (end != deadlines.end()) {
    icalcomponent_add_component(calendar.get(), LeftOutEvent(options).release());
  }
  Feed feed;
  feed.text = vigil::ical::TextOf(calendar);
  feed.etag = EtagOf(feed.text);
  return feed;
}

}  // namespace vigil::gateway::ical
