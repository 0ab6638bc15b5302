#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// Takes over a shard that is intact, and audits one that is live: forwards what its stream holds,
// follows to the journal's head, compares and repairs. Ends with the shard live, or as it was
// found. One at a time for a shard.
Task<void> AttachShard(Core& core, int shard);

// Rebuilds a lost shard under a new epoch: what is left of its stream goes to the registry, then
// everything that is owed as of the journal's head is written and the shard opened, one lease after
// the loss at the earliest. Ends without effect where another replica rebuilds it already. One at a
// time for a shard.
Task<void> RebuildShard(Core& core, int shard);

}  // namespace vigil::alert
