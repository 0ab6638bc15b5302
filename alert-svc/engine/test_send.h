#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "alert-svc/engine/core.h"

namespace vigil::alert {

// Sends a receiver a message that says that it is a test, by the way that reminders go. It leaves
// no receipt, and no schedule knows of it. `done`: what came of it, or NOT_FOUND SETTING_NOT_FOUND.
Task<void> SendTest(Core& core, std::string receiver,
                    std::function<void(absl::StatusOr<Outcome>)> done);

}  // namespace vigil::alert
