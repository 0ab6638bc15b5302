#pragma once

#include <fmt/format.h>

#include <string_view>

#include "absl/status/status.h"
#include "common/rpc/errors.h"

namespace vigil::alert {

// INVALID_ARGUMENT BAD_SETTING: what is wrong with a field of the setting of this name, or what it
// must be.
inline absl::Status BadSetting(std::string_view name, std::string_view field,
                               std::string_view what) {
  return rpc::InvalidArgument("BAD_SETTING", field, fmt::format("{}: {}: {}", name, field, what));
}

}  // namespace vigil::alert
