#pragma once

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The stage `seal`: fixes what a digest holds before its first attempt, and fills the work with
// what its set holds, said as it is true now. Where it holds nothing, nothing is fixed. Whether it
// tells the week's findings is fixed with it: nobody else tells them while it is on its way. Other
// messages pass. False where it cannot be said now: Redis is away, or the world has started over.
Task<bool> Seal(Core& core, const Errand& errand, Work& work);

}  // namespace vigil::alert
