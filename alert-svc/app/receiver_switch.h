#pragma once

#include <string>

#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"
#include "alert-svc/engine/task.h"

namespace vigil::alert {

// Disables a receiver that wants nothing more, in the registry, so that every replica knows it and
// a person can see why and switch it on again. Tried until the registry has it, or knows no such
// receiver.
Task<void> DisableReceiver(RegistryFeed& feed, Executor& executor, std::string receiver,
                           std::string reason);

}  // namespace vigil::alert
