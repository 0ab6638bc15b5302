#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace vigil::gateway::upstream {

/// The error of a backend, for the client; every error on its way out goes through here once. One
/// that a service gave stays as it is; what gRPC says itself of a backend that is away, slow or of
/// an older version is worded anew (BACKEND_AWAY, BACKEND_SLOW, NOT_SERVED): addresses are none
/// of the client's business.
absl::Status Explain(const grpc::Status& status);

}  // namespace vigil::gateway::upstream
