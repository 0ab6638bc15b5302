// Amounts that hang on how grave the crime is. Internal to the domain.
#pragma once

#include "registry-svc/domain/occurrences.h"

namespace vigil::registry {

// Counts the rule's amount for every category of gravity that is left possible: range, count, steps
// and assumptions of `out`. False where the law has no amount for any of them.
bool AddByGravity(const Counted& counted, const Start& start, Occurrence& out);

// By how many days the date could move at most if the crime were of another gravity than assumed; 0
// where the rule does not count by gravity.
int GravityShift(const Counted& counted, const Start& start);

}  // namespace vigil::registry
