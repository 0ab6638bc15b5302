#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vigil::alert {

// A file that a receiver names for its secret: of `folder`, where a link in it or above it may not
// lead elsewhere. `file` is a path, or a name in the folder. Nothing of the path is in an error,
// which calls the secret `what`: UNAVAILABLE where the file cannot be read, FAILED_PRECONDITION
// where it is elsewhere.
absl::StatusOr<std::string> ReadSecretFile(const std::string& folder, const std::string& file,
                                           std::string_view what);

}  // namespace vigil::alert
