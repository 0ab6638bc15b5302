#pragma once

#include <libical/ical.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/civil/day.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::ical {

// What mails and feeds share of iCalendar (RFC 5545): whoever has a deadline from both has it once,
// and the newer one wins.

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

// A VCALENDAR of version 2.0 with METHOD:PUBLISH. `maker` names the service in its PRODID.
Component MakeCalendar(std::string_view maker);

// An event of a deadline with what never depends on words: UID, RELATED-TO (of its case), when,
// STATUS, TRANSP and CLASS. One that is exact to the hour is at that time, in UTC, without an end
// where it is a moment; else all-day, from its first to its last possible day; null where it has
// none. `cancelled`: it is withdrawn.
Component MakeEvent(const registry::v1::Deadline& deadline, bool cancelled);

// An all-day event from its first to its last day.
Component MakeEvent(std::string_view uid, civil::Day first, civil::Day last);

// Adds what tells a newer event from an older one: DTSTAMP, and a SEQUENCE that never gets smaller
// as `time` does not. It counts the minutes since 2000 twice, and one more for what is cancelled:
// in the same minute too, a withdrawal comes after what it withdraws.
void Stamp(icalcomponent* event, absl::Time time);

// Adds when what the event says last changed: LAST-MODIFIED.
void AddLastModified(icalcomponent* event, absl::Time time);

// Adds what rings a fortnight, a week and a day before an event begins and shows `text`: alarms of
// ACTION:DISPLAY, whose UIDs are the event's own in mail and feed alike. Of one that begins at an
// hour, before that hour.
void AddAlarms(icalcomponent* event, const std::string& text);

// Hands a property over to a component.
void Add(const Component& component, icalproperty* property);

// Text for a property: what ends a line or rings a bell is a space.
std::string OneLine(std::string_view text);

// Folded at 75 bytes, with CRLF.
std::string TextOf(const Component& component);

}  // namespace vigil::ical
