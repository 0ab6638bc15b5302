#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace vigil::rpc {

// The one place where our errors become the wire's and back. The code is kept; the details (every
// payload of the status) travel as google.rpc.Status in the trailer; the message is cut at 1 KiB on
// a character's boundary. INTERNAL, UNKNOWN and DATA_LOSS lose their message on the way out: it is
// for the log. Exhaustive over the codes.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reverse, for answers of other services. A details trailer that does not parse is left out.
absl::Status FromGrpcStatus(const grpc::Status& status);

// The error as the message that HTTP and the trailer carry.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace vigil::rpc
