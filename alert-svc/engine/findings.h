#pragma once

#include <vector>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

struct Findings {
  std::vector<registry::v1::Finding> told;
  bool more = false;  // others could not be read in time
  bool read = false;  // the registry told some, or that there are none
};

// Whether a subscription is told of findings: not one to some kinds of deadline alone.
bool TellsFindings(const v1::Subscription& subscription);

// Whether some of them came into the record since the receiver was told of findings last. Of one
// that is about a whole case that is not known: it is new to who was never told of any.
bool AnyNew(const Core& core, const v1::Subscription& subscription, civil::Day day,
            const Findings& findings);

// The stage before a digest is sealed: on the first working day of a week it tells what is missing
// or does not fit in the cases that its subscription is about, the most important first. A digest
// goes out without, or with those read so far, where the registry does not say so in time. Nothing
// in other messages, and where a digest of findings went out that day.
Task<Findings> FindingsFor(Core& core, const Errand& errand, const Work& work);

}  // namespace vigil::alert
