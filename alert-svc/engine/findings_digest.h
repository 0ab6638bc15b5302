#pragma once

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The way of a digest of findings alone: it goes out where something is new in them; else the
// journal has it that there was nothing to tell that week. Asked for again in a while where the
// registry does not say.
Task<void> DeliverFindings(Core& core, const Errand& errand, const Work& work);

}  // namespace vigil::alert
