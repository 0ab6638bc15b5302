// When a case was touched last. Internal to the domain.
#pragma once

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// The local day on which something was last recorded in the case, up to the day asked for: a fact,
// a correction, a retraction or a change of the case itself. What came into the record together
// with the case, as an import brings it, is no touch: it is as old as it says, and the day of the
// last dated fact counts; the day of recording where none has a date. The same holds on days before
// the case was recorded, where an undated case has no such day. No points where there is none.
Start LastTouchStart(const Reading& reading);

}  // namespace vigil::registry
