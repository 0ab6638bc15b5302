#pragma once

#include <string>

#include "alert-svc/engine/sender.h"
#include "common/seal/sealer.h"

namespace vigil::alert {

// How long a link acts (calendar time): as long as people let mail lie, and no longer.
inline constexpr absl::Duration kActionLinkLifetime = absl::Hours(24 * 30);

// Gives each item that can be answered a link by which the receiver answers its alert without
// signing in: `{page_url}/act/{sealed}`, see gateway/act. Mails and webhooks have one; a chat room
// is no one's, a summary of what is past has hundreds of items, and of what was withdrawn nothing
// is left to answer.
void AddActionLinks(const Sealer& sealer, const std::string& page_url, Message& message);

}  // namespace vigil::alert
