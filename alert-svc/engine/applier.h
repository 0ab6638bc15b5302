#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The third stage, `apply`: brings a live shard to the revision of the world, with the ops that the
// plan collected for it. Where another replica was faster, what is left goes in as a repair. One at
// a time for a shard.
Task<void> ApplyShard(Core& core, int shard);

}  // namespace vigil::alert
