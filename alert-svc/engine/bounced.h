#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The receipts that say so of each reminder that a message had told; see RecordBounce. Pure.
std::vector<registry::v1::Receipt> BounceReceipts(const World& world, const std::string& id,
                                                  const std::string& status, absl::Time now);

// Journals that a message which its server had accepted came back: each reminder told by it gets a
// receipt KIND_DEAD with `bounced`, so that it counts as not told and goes on to the stand-in at
// once. `id` a reminder's or a digest's; `status` of RFC 3463, or empty. Said twice, it counts
// once. `done`: NOT_FOUND where nothing was told by that message, UNAVAILABLE with the registry
// away.
Task<void> RecordBounce(Core& core, std::string id, std::string status,
                        std::function<void(absl::Status)> done);

}  // namespace vigil::alert
