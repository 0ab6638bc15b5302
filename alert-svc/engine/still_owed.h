#pragma once

#include <optional>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The stage `still owed`: follows the journal at least as far as the shard had when the member was
// claimed, a digest as far as any shard has, and asks the plan what it means now.
struct Owed {
  bool known = false;        // false: this replica is behind; whoever knows more has it next
  std::optional<Work> work;  // nullopt: nothing is owed any more
};
Task<Owed> StillOwed(Core& core, const Errand& errand);

}  // namespace vigil::alert
