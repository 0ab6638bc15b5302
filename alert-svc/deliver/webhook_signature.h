#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil::alert {

// The keys that sign for one webhook, the newest first: all of them sign while one takes over from
// the other. Reads `whsec_` + base64 of 24 to 64 bytes, one a line; blank lines are passed over.
// INVALID_ARGUMENT names the line at fault, never its content.
absl::StatusOr<std::vector<std::string>> ParseWebhookSecrets(std::string_view text);

// The value of `webhook-signature` as Standard Webhooks 1.0.0 says: `v1,` + base64 of
// HMAC-SHA256(key, "id.timestamp.body") for each key, separated by spaces. `attempt` is the wall
// time of this attempt, so that a receiver can refuse what is replayed to it; `id` stays the same
// over all attempts and holds no dot.
std::string SignWebhook(const std::vector<std::string>& keys, std::string_view id,
                        absl::Time attempt, std::string_view body);

}  // namespace vigil::alert
