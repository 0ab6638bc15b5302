#include "gateway/upstream/explain.h"

#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "common/rpc/unserved.h"

namespace vigil::gateway::upstream {

absl::Status Explain(const grpc::Status& status) {
  const absl::Status plain = rpc::FromGrpcStatus(status);
  if (plain.ok() || !rpc::ReasonOf(plain).empty()) return plain;
  if (plain.code() == absl::StatusCode::kUnavailable) {
    return rpc::Unavailable("BACKEND_AWAY", {}, "a backend is away; try again in a moment");
  }
  if (plain.code() == absl::StatusCode::kDeadlineExceeded) {
    return rpc::DeadlineExceeded("BACKEND_SLOW", {}, "a backend did not answer in time");
  }
  return plain.code() == absl::StatusCode::kUnimplemented ? rpc::NotServed() : plain;
}

}  // namespace vigil::gateway::upstream
