#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// By which way a message goes.
enum class Way { kEmail, kHttp };

// What one attempt came to, read from the peer's answer.
enum class Verdict {
  kAccepted,   // the peer took it
  kTransient,  // try again later
  kPermanent,  // trying again cannot help
  kGone,       // the peer wants nothing more, ever: the receiver is to be disabled
};

// How long to wait after the `attempts`th failed attempt (1 the first), in calendar time; nullopt
// when the ladder has ended. `id` spreads the load by up to a tenth, the same way each time.
// E-mail: half an hour and more between attempts for four days (RFC 5321 4.5.4.1). Webhooks and
// chat: the ladder of Standard Webhooks, 75 hours.
std::optional<absl::Duration> RetryDelay(Way way, int attempts, std::string_view id);

// What an SMTP reply code means: 2yz accepted, 5yz permanent, anything else transient; and so are
// 530, 534, 535 and 538, which are about our logging in and not about the receiver.
Verdict SmtpVerdict(int code);

// What the status of a mail that was refused for good says to be wrong beyond it (RFC 3463): 5.1.x
// a bad address; 5.7.x, and 5.1.7 and 5.1.8, which are about the sender's, a matter of policy.
// Empty or another: nothing.
v1::Trouble::Kind StatusTrouble(std::string_view status);

// What an HTTP status means: 2xx accepted; 410 gone; the rest transient, redirects included: a
// receiver that is set up wrongly today may be mended before the ladder ends.
Verdict HttpVerdict(int status);

// `Retry-After` in seconds or as an HTTP date in any of its three forms (RFC 9110 5.6.7), counted
// from `now` (wall time): between 0 and a day; nullopt where it cannot be read.
std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now);

// How long a Matrix server asks to be left alone, in the body of its refusal (M_LIMIT_EXCEEDED):
// likewise.
std::optional<absl::Duration> ParseMatrixLimit(std::string_view body);

}  // namespace vigil::alert
