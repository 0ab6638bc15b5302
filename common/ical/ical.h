#pragma once

#include <libical/ical.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/civil/day.h"

namespace vigil::ical {

// What mails and feeds share of iCalendar (RFC 5545): whoever has a deadline from both has it once,
// and the newer one wins.

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

// `cases.c-1.deadlines.d-1@vigil`: the UID of a deadline, for ever.
std::string UidOf(std::string_view deadline_name);

// Hours since 2000: whole, growing, and far from the end of 32 bits.
int SequenceOf(absl::Time time);

// A VALUE=DATE.
icaltimetype DateOf(civil::Day day);

// A UTC time.
icaltimetype TimeOf(absl::Time time);

// A VCALENDAR of version 2.0 with METHOD:PUBLISH. `maker` names the service in its PRODID.
Component MakeCalendar(std::string_view maker);

// Hands a property over to a component.
void Add(const Component& component, icalproperty* property);

// Folded at 75 bytes, with CRLF.
std::string TextOf(const Component& component);

}  // namespace vigil::ical
