#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/deliver/mail_wire.h"
#include "alert-svc/deliver/retry.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// Of a message on its way: what the outcome needs to know.
struct Attempt {
  Way way = Way::kEmail;
  std::string id;          // the reminder's
  int number = 1;          // of the attempt
  std::string message_id;  // as sent
  double rate = 1;         // calendar seconds a wall second, for what a peer asks for in wall time
};

// The outcome of an attempt that failed and may be tried again: by the ladder, but not before
// `at_least` (wall); kPermanent once the ladder has ended, and kFailed still.
Outcome TryAgain(const Attempt& attempt, std::string error, bool ambiguous = false,
                 std::optional<absl::Duration> at_least = std::nullopt);
// What no attempt can help. That we found so; an answer that says it is kAnswered besides.
Outcome GiveUp(const Attempt& attempt, std::string error);
Outcome Sent(const Attempt& attempt);
// Nothing was tried: come again after `wait` (wall).
Outcome NotNow(const Attempt& attempt, absl::Duration wait);
// Where nothing stands in the way of the next time.
inline constexpr absl::Duration kSoon = absl::Seconds(1);

// What a peer's answer comes to. `now` is wall time. A mail server that refuses us for good before
// it was told of the recipient (our address, our login, our name at MAIL FROM, where no size is
// given that it could find too large) says nothing of the message: it is tried again.
Outcome FromSmtp(const Attempt& attempt, const SmtpReply& reply);
Outcome FromHttp(const Attempt& attempt, const HttpReply& reply, absl::Time now);

}  // namespace vigil::alert
