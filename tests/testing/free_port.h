#pragma once

namespace vigil {

// A TCP port of loopback that nobody listened on a moment ago. Only for programs that cannot be
// given port 0: another process may take it first.
int FreePort();

}  // namespace vigil
