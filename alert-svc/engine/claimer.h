#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The fourth stage, `claim`: takes what is due in a shard and starts its way to the receivers, as
// far as there is room for it. The leases are renewed while any of it runs. Where MayClaim.
Task<void> ClaimShard(Core& core, int shard);

// One at a time for a shard, which is to be live, as far as we follow, and able to record.
bool MayClaim(Core& core, int shard);

// Claims in the shards that wait for it, the one that waits longest first, where there is much
// room, or some of it for a while: no heads are read for that.
void ClaimNext(Core& core);

}  // namespace vigil::alert
