#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// One member under our lease.
struct Errand {
  int shard = 0;
  std::int64_t fence = 0;
  std::int64_t applied = 0;  // of the shard when it was claimed
  Member member;
  absl::Time due;
};

// The stages `send` and `complete` for one member: asks whether it is still owed, seals what is a
// digest, sends, and writes the receipt and what comes next in one step. A receipt that finds no
// home in the stream goes straight to the registry; until the journal has it, it is in this
// replica's memory too.
Task<void> Carry(Core& core, Errand errand);

}  // namespace vigil::alert
