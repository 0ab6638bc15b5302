// Live cases that a narrowing alone asks for.
#pragma once

#include <vector>

#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/search_hits.h"

namespace vigil::registry {

// Cases by title: all that the narrowing lets through today, or, where there are more, the first
// kMaxFound of them and one. Looks at those that have a deadline in the span of days; where there
// are very many of these, or no days are asked for, at those in the situations, or with the kinds
// or the states of deadlines, whichever are fewer. With them come the cases that no day turn has
// reached since midnight: whoever shows them asks again.
std::vector<PackedPtr> NarrowedCases(const Backend& backend, const Narrowing& narrowing);

}  // namespace vigil::registry
