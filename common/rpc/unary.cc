#include "common/rpc/unary.h"

#include "absl/time/time.h"
#include "common/rpc/call_log.h"
#include "common/rpc/errors.h"

namespace vigil::rpc::internal {

absl::Status CheckDeadline(gpr_timespec deadline) {
  if (gpr_time_cmp(gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC),
                   gpr_now(GPR_CLOCK_MONOTONIC)) > 0) {
    return absl::OkStatus();
  }
  return DeadlineExceeded("DEADLINE_PASSED", {},
                          "the call's deadline had passed when it arrived; give it more time");
}

CallState::CallState(const grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor,
                     const CallGuard& guard, MethodMetrics& method)
    : context_(context),
      reactor_(reactor),
      guard_(guard),
      method_(method),
      start_(std::chrono::steady_clock::now()) {}

absl::Status CallState::Begin(Role needed) {
  auto caller = guard_.Admit(*context_, needed);
  if (!caller.ok()) {
    caller_.trace_id = TraceIdOf(*context_);
    return caller.status();
  }
  caller_ = *std::move(caller);
  if (context_->IsCancelled()) return absl::CancelledError("the caller has gone");
  if (auto late = CheckDeadline(context_->raw_deadline()); !late.ok()) return late;
  entered_ = guard_.metrics().Enter();
  if (!entered_) {
    return ResourceExhausted("OVERLOADED", {},
                             "too many calls are under way; try again in a second");
  }
  return absl::OkStatus();
}

void CallState::End(const absl::Status& status) {
  const auto took = absl::FromChrono(std::chrono::steady_clock::now() - start_);
  if (entered_) guard_.metrics().Leave();
  method_.Finished(status.code(), took);
  LogCall(method_.method(), caller_.name, caller_.trace_id, status, took);
  reactor_->Finish(ToGrpcStatus(status));
}

}  // namespace vigil::rpc::internal
