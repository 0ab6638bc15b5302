#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The stage of silences, beside the way of a reminder: of each that a silence holds back when its
// time comes, the journal says so, once. It stays owed, and goes out when the silence ends.
//
// Nothing was delivered: the receipts go to the registry directly, shard by shard and some at a
// time, and hold up nothing else. So many as MuteWatch keeps wait for a registry that is away; of
// more than that the journal says so if it is held back still when there is room. Each replica has
// an order of the shards of its own, and leaves each of them to others for a moment: mostly one
// tells of it, and where that one is gone another.
void Mute(Core& core);

}  // namespace vigil::alert
