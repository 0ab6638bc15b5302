// The master key, which wraps the keys of cases.
#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace vigil::registry {

// Reads 64 hexadecimal digits. NOT_FOUND where there is no such file, FAILED_PRECONDITION where it
// cannot be read or holds something else.
absl::StatusOr<std::array<unsigned char, 32>> ReadMasterKey(const std::string& file);

// Writes a random one, mode 0600, durable on return; one that is there is kept.
absl::Status MakeMasterKey(const std::string& file);

}  // namespace vigil::registry
