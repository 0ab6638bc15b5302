#pragma once

#include "alert-svc/engine/core.h"
#include "alert-svc/engine/follower.h"

namespace vigil::alert {

// Compares what was folded from the journal with what the registry holds, for as long as the engine
// lives: one shard at a time, each as often as EngineOptions::fold_audit says. Deadlines and
// receipts are compared; cases that the journal spoke of meanwhile are left for the next time, and
// so is the shard where the registry does not answer or has another journal.
//
// What differs in two looks at a shard, one after the other, was folded wrongly: it is counted and
// logged, and the follower starts over from a snapshot, at most once an hour. Two looks, since a
// registry that has just started by other rules tells what they change a little later. What
// differed before the follower started over, for whatever reason, counts no more. A shard that
// differs at five looks, each time otherwise, is in motion: it is left for the next time, and not
// reported.
Task<void> AuditFold(Core& core, Follower& follower);

}  // namespace vigil::alert
