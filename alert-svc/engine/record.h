#pragma once

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The stage `record`: ends a claim in one step of the shard. A receipt that finds no home in the
// stream goes straight to the registry; until the journal has it, it is in this replica's memory
// too.

// Writes what came of an attempt, and what comes next.
Task<void> Record(Core& core, const Errand& errand, const Work& work, const Message& message,
                  const Outcome& outcome);

// Takes the member out: nothing is owed any more.
Task<void> Drop(Core& core, const Errand& errand);

// Puts the member back, due at `due`: another carries it already, or its receiver is busy.
Task<void> PutBack(Core& core, const Errand& errand, absl::Time due);

}  // namespace vigil::alert
