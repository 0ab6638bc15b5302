#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vigil::alert {

// A mail that came back (a report of RFC 3464 on a failed delivery).
struct Bounce {
  std::string id;      // of the message that came back: a reminder's or a digest's
  std::string status;  // RFC 3463, "5.1.1"; empty where the report names none
  // The address that it was for, as we wrote it or else as the last server had it; empty: not told.
  std::string recipient;
};

// Reads a mail that came to a bounce address. The message is known by, in this order, the address
// it came to (bounce+{id}@), the report's Original-Envelope-Id, and the Message-ID of the mail
// returned. nullopt for what is no failure report, or names no message of ours: an absence notice,
// a delay, a delivery confirmed, spam. Whoever knows an id can forge a bounce, and makes no more of
// it than that the reminder goes on to the stand-in, and that nothing more is sent to the address
// that it went to, which others are told. Pure.
std::optional<Bounce> ParseBounce(std::string_view mail);

// The mail reports that a message is late, and still tried.
bool ReportsDelay(std::string_view mail);

// The id of the message to whose bounce address a mail came, whatever it says; empty where to none.
std::string BouncedTo(std::string_view mail);

}  // namespace vigil::alert
