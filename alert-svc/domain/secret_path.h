#pragma once

#include <string>

#include "absl/status/status.h"
#include "vigil/alert/v1/settings.pb.h"

namespace vigil::alert {

// Whether the file that a receiver names for its secret, if it names one, lies in `folder` by its
// path: a path there, or a name in it. Where links lead is seen when it is read. INVALID_ARGUMENT
// BAD_SETTING names the field and the folder. Pure.
absl::Status CheckSecretPath(const v1::Receiver& receiver, const std::string& folder);

}  // namespace vigil::alert
