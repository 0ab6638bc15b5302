#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace vigil::gateway::upstream {

/// The error of a backend, for the client. One that a service gave stays as it is; what gRPC says
/// itself of a backend that is away or slow, or that does not serve the method, is worded anew
/// (BACKEND_AWAY, BACKEND_SLOW, NOT_SERVED): it may be there in a moment, and addresses are none of
/// the client's business.
absl::Status Explain(const grpc::Status& status);

}  // namespace vigil::gateway::upstream
