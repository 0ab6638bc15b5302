#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The stage of silences, beside the way of a reminder: of each that a silence holds back when its
// time comes, the journal says so, once. It stays owed, and goes out when the silence ends. Nothing
// was delivered, so that the receipt goes to the registry directly; each replica tells it, under
// the same id.
void Mute(Core& core);

}  // namespace vigil::alert
