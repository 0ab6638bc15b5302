#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/rpc/errors.h"

namespace vigil::registry {

// The state of the record at an earlier time is refused, never ignored: UNIMPLEMENTED.
inline absl::Status CheckKnownAt(const std::string& known_at) {
  if (known_at.empty()) return absl::OkStatus();
  return rpc::Unimplemented("PAST_NOT_READ", {{"field", "known_at"}},
                            "known_at: this build answers from the present record only; leave it "
                            "out, or follow the journal");
}

}  // namespace vigil::registry
