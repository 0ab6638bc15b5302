#pragma once

#include <vector>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

struct Findings {
  std::vector<registry::v1::Finding> told;
  bool more = false;  // others could not be read in time
};

// The stage before a digest is sealed: on the first working day of a week it tells what is missing
// or does not fit in the cases that its subscription is about, the most important first. A digest
// goes out without, or with those read so far, where the registry does not say so in time. Nothing
// in other messages, and of a subscription to some kinds of deadline alone.
Task<Findings> FindingsFor(Core& core, const Errand& errand, const Work& work);

}  // namespace vigil::alert
