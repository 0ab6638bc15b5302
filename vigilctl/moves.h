#pragma once

#include "vigil/registry/v1/what_if.pb.h"

namespace vigil::vigilctl {

// Prints a deadline before and after, in a line.
void PrintMove(const registry::v1::DeadlineMove& move);

}  // namespace vigil::vigilctl
