#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// The request that carries a message to its receiver, which is a webhook, Slack or Matrix. Secrets
// are read from their files each time, so that one can be changed while we run. `wall` is the time
// of the attempt, which a webhook's signature covers. UNAVAILABLE where a secret cannot be read,
// INVALID_ARGUMENT where it is none; no error holds it.
absl::StatusOr<HttpRequest> RequestFor(const Message& message, const std::string& page_url,
                                       absl::Time wall);

// A whole file. UNAVAILABLE where it cannot be read.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// The first line of a file: a password, a token, a URL.
absl::StatusOr<std::string> ReadFirstLine(const std::string& path);

}  // namespace vigil::alert
