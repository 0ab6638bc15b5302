// The lock that keeps a second process out of a database.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace vigil::registry {

// Takes the lock file beside a database; it is given back with `close` of the descriptor, and when
// the process ends. FAILED_PRECONDITION where another process holds it, NOT_FOUND where the folder
// is missing.
absl::StatusOr<int> LockDatabase(const std::string& path);

}  // namespace vigil::registry
