#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// Puts together what is to be said, from what the world knows now. Where the receiver is not
// private, all that could name a person is emptied here, so that nothing below can leak it.
Message MessageFor(const Core& core, const Work& work, MemberForm form);

}  // namespace vigil::alert
