#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alert-svc/deliver/curl_loop.h"
#include "alert-svc/deliver/secret_file.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

struct HttpSetting {
  const std::string& page_url;  // put in front of links
  SecretFolder& secrets;        // of the files that receivers may name
};

// The request that carries a message to its receiver, which is a webhook, Slack or Matrix. Secrets
// are what their files hold each time, so that one can be changed while we run. `wall` is the time
// of the attempt, which a webhook's signature covers. UNAVAILABLE where a secret cannot be read,
// FAILED_PRECONDITION where its file is elsewhere, INVALID_ARGUMENT where it is none; no error
// holds it.
absl::StatusOr<HttpRequest> RequestFor(const Message& message, const HttpSetting& setting,
                                       absl::Time wall);

// A whole file. UNAVAILABLE where it cannot be read.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// The first line of a file: a password, a token, a URL.
absl::StatusOr<std::string> ReadFirstLine(const std::string& path);

}  // namespace vigil::alert
