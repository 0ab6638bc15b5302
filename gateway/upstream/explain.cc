#include "gateway/upstream/explain.h"

#include "common/rpc/errors.h"
#include "common/rpc/status.h"

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
  if (plain.code() == absl::StatusCode::kUnimplemented) {
    return rpc::Unimplemented("NOT_SERVED", {},
                              "the backend does not have this RPC; is it of an older version?");
  }
  return plain;
}

}  // namespace vigil::gateway::upstream
