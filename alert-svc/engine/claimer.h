#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The fourth stage, `claim`: takes what is due in a shard and starts its way to the receivers, as
// far as there is room for it. The leases are renewed while any of it runs. One at a time for a
// shard.
Task<void> ClaimShard(Core& core, int shard);

}  // namespace vigil::alert
