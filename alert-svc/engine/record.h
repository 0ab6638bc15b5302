#pragma once

#include <string>
#include <vector>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The stage `record`: ends a claim in one step of the shard. A receipt that finds no home in the
// stream goes straight to the registry; until the journal has it, it is in this replica's memory
// too.

// The receipts of an attempt: of the message itself or, where it is a digest, of it first and of
// each item; of one that failed and is tried again, of its items the first time only.
std::vector<registry::v1::Receipt> ReceiptsOf(const Core& core, bool digest, const Work& work,
                                              const Message& message, const Outcome& outcome);

// Makes the receipt of a digest of findings say which day's it was, and since when what is found is
// new: since they were asked for.
void MakeOfFindings(const std::string& day, const Message& message, registry::v1::Receipt& receipt);

// Writes what came of an attempt, and what comes next.
Task<void> Record(Core& core, const Errand& errand, const Work& work, const Message& message,
                  const Outcome& outcome);

// A digest of findings has nothing to tell: a receipt says so to all replicas, for good.
Task<void> RecordNothing(Core& core, const Errand& errand, const Work& work);

// Of a digest that failed nothing is left to tell: a receipt says so, and nobody tries it again.
Task<void> RecordOver(Core& core, const Errand& errand, const Work& work);

// Takes the member out: nothing is owed any more. Of a shard that others plan it goes back: to them
// it may be owed.
Task<void> Drop(Core& core, const Errand& errand);

// Puts the member back, due at `due`, or after kPutBackMost where that is sooner: an audit undoes
// more. Another carries it already, its receiver is busy, or the registry does not say.
Task<void> PutBack(Core& core, const Errand& errand, absl::Time due);

}  // namespace vigil::alert
