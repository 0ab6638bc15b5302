#pragma once

#include <string>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// The dates of a message as an iCalendar object (RFC 5545, METHOD:PUBLISH), to be put into a
// calendar by hand: one VEVENT a deadline, all-day from its first to its last possible day or,
// where it is exact to the hour, at that time; with a UID that stays for ever, a SEQUENCE that
// grows from message to message, as whoever takes the newer one in wants it to count, and
// STATUS:CANCELLED for what was withdrawn. What is still to come has alarms: a program rings for
// what was put into it, and seldom for a feed. Discreet as the message is: a title and a name only
// for a private receiver. Empty where no item has a date, and for a summary of what is past.
// `page_url` without a slash at its end. Pure.
std::string WriteCalendar(const Message& message, const std::string& page_url);

}  // namespace vigil::alert
