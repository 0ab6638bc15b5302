#pragma once

#include "absl/status/statusor.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"
#include "alert-svc/engine/task.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// Reads and checks alerts.yaml. INVALID_ARGUMENT names the place and the remedy.
absl::StatusOr<v1::AlertSeeds> ReadSeeds(const std::string& file);

// Puts the seeds into the registry where it holds no setting of alert-svc at all; tries until the
// registry is there. From then on the records are the truth.
Task<void> Seed(RegistryFeed& feed, Executor& executor, v1::AlertSeeds seeds);

}  // namespace vigil::alert
