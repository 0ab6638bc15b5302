#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vigil::rpc {

// One line for a finished call: an error of ours at `error` with its message, one of the caller's
// at `info` without (it may quote what was sent), a success at `debug`.
void LogCall(std::string_view method, std::string_view caller, std::string_view trace_id,
             const absl::Status& status, absl::Duration took);

}  // namespace vigil::rpc
