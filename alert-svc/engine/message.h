#pragma once

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// What is not known that can move a deadline's date, from its assumptions: the day custody began,
// or whether anybody appealed, where that alone can; else some fact, which they may name.
MessageItem::Doubt DoubtOf(const registry::v1::Deadline& deadline);

// Puts together what is to be said, from what the world knows now. Where the receiver is not
// private, all that could name a person is emptied here, so that nothing below can leak it.
Message MessageFor(const Core& core, const Work& work, MemberForm form);

}  // namespace vigil::alert
