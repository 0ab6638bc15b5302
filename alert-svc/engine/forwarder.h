#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The last stage, `forward`: carries the receipts of a shard's stream to the registry, and lets the
// shard forget what the journal and the shard's own applied revision both have. One at a time for a
// shard. False where something is left, because the registry or Redis is away.
Task<bool> ForwardShard(Core& core, int shard);

// Has what came into a shard's stream forwarded: at once where nothing of the shard is on its way,
// else together with what comes within some milliseconds; and what may be forgotten forgotten.
void StartForward(Core& core, int shard);

// Takes receipts that found no home in a stream to the registry directly, as far as it is there.
Task<void> RecordHomeless(Core& core);

// Tells all that this replica made and remembers to a registry that is another one now; it counts a
// receipt once, however often it is told.
void TellAgain(Core& core);

// The journal's present revision; all that was recorded before is at or below it.
Task<absl::StatusOr<std::int64_t>> PresentRevision(Core& core);

}  // namespace vigil::alert
