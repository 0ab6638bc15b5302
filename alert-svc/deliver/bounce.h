#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vigil::alert {

// A mail that came back (a report of RFC 3464 on a failed delivery).
struct Bounce {
  std::string id;      // of the message that came back: a reminder's or a digest's
  std::string status;  // RFC 3463, "5.1.1"; empty where the report names none
};

// Reads a mail that came to a bounce address. The message is known by, in this order, the address
// it came to (bounce+{id}@), the report's Original-Envelope-Id, and the Message-ID of the mail
// returned. nullopt for what is no failure report, or names no message of ours: an absence notice,
// a delay, a delivery confirmed, spam. Whoever knows an id can forge a bounce, and makes no more of
// it than that the reminder goes on to the stand-in. Pure.
std::optional<Bounce> ParseBounce(std::string_view mail);

// The id of the message to whose bounce address a mail came, whatever it says; empty where to none.
std::string BouncedTo(std::string_view mail);

}  // namespace vigil::alert
