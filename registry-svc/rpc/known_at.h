#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/rpc/errors.h"

namespace vigil::registry {

// Of a search: the state of the record at an earlier time is refused, never ignored.
inline absl::Status CheckKnownAt(const std::string& known_at) {
  if (known_at.empty()) return absl::OkStatus();
  return rpc::Unimplemented(
      "PAST_NOT_READ", {{"field", "known_at"}},
      "known_at: a search reads the present record only: leave it out, or list "
      "the cases of that time");
}

}  // namespace vigil::registry
