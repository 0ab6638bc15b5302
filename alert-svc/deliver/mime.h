#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil::alert {

// What goes into one mail. All texts are UTF-8.
struct Mail {
  std::string from;     // address
  std::string to;       // address
  std::string subject;  // any text: control characters become spaces, the rest is encoded
  std::string text;
  std::string html;
  std::string id;      // id of the reminder: left part of the Message-ID on every attempt
  std::string thread;  // what the mail belongs to, a case code: mails of one thread hang together
  std::string form;    // `single`, `digest` or `summary`, for filters: X-Vigil-Form
  absl::Time date;     // calendar time of the message
  std::string calendar = {};  // an iCalendar object to attach; empty: none
  // Makes an armoured OpenPGP message of bytes; not set: the mail goes as it is.
  std::function<absl::StatusOr<std::string>(std::string_view)> encrypt = nullptr;
};

// The domain of an address, that of Message-IDs; empty where there is none.
std::string DomainOf(const std::string& address);

// The envelope sender that names a message: `bounce+{id}@` the domain of `from` (VERP).
std::string BounceAddress(const std::string& id, const std::string& from);

// Writes the mail as RFC 5322 and MIME with CR LF line ends: multipart/alternative, text first,
// HTML last, and beside it the calendar as an attachment text/calendar; method=PUBLISH; encrypted,
// all of that is inside a multipart/encrypted (RFC 3156). Message-ID, References to the phantom
// root of the thread, Auto-Submitted, X-Auto-Response-Suppress, List-Id. No List-Unsubscribe: these
// are reminders to whoever has the duty, and a mis-click must not end it. No header can be injected
// through any field. Equal mails give equal bytes, but for encryption. INVALID_ARGUMENT where an
// address is not plain; the error of `encrypt`.
absl::StatusOr<std::string> WriteMail(const Mail& mail);

}  // namespace vigil::alert
