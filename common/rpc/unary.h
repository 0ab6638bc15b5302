#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "common/rpc/errors.h"
#include "common/rpc/guard.h"
#include "common/rpc/rpc_metrics.h"
#include "common/rpc/status.h"

namespace vigil::rpc {

// Ends a call with the response. Called once, from any thread; further calls are ignored, and a
// copy of it that dies uncalled (the last one) ends the call with INTERNAL.
template <class Response>
using Done = std::function<void(absl::StatusOr<Response>)>;

namespace internal {

// DEADLINE_EXCEEDED with DEADLINE_PASSED where a call's deadline is over before it began.
absl::Status CheckDeadline(gpr_timespec deadline);

// What every unary call goes through, apart from its types. Lives from the call's start to its end.
class CallState {
 public:
  CallState(const grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor,
            const CallGuard& guard, MethodMetrics& method);

  // Guard, deadline, room among the calls in flight.
  absl::Status Begin(Role needed);
  const Caller& caller() const { return caller_; }

  // Counts, logs what failed, and ends the call. Once.
  void End(const absl::Status& status);

 private:
  const grpc::CallbackServerContext* context_;
  grpc::ServerUnaryReactor* reactor_;
  const CallGuard& guard_;
  MethodMetrics& method_;
  const std::chrono::steady_clock::time_point start_;
  Caller caller_;
  bool entered_ = false;
};

// A call whose answer comes later. Shared by the copies of its Done.
template <class Response>
class PendingCall {
 public:
  PendingCall(CallState state, Response* response)
      : state_(std::move(state)), response_(response) {}
  ~PendingCall() {
    if (!done_.exchange(true)) state_.End(Internal("HANDLER_DROPPED", {}, "no answer was given"));
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  const Caller& caller() const { return state_.caller(); }
  absl::Status Begin(Role needed) { return state_.Begin(needed); }
  void Finish(absl::StatusOr<Response> answer) {
    if (done_.exchange(true)) return;
    if (answer.ok()) *response_ = *std::move(answer);
    state_.End(answer.status());
  }

 private:
  CallState state_;
  Response* response_;
  std::atomic<bool> done_{false};
};

}  // namespace internal

// Serves one unary call of the callback API: admits the caller, refuses a call whose deadline has
// passed or for which there is no room, runs the handler, counts, logs an error with its trace id,
// and maps the status. `handler` is one of
//   absl::StatusOr<Response>(const Caller&, const Request&)              answers at once
//   void(const Caller&, const Request&, Done<Response> done)             answers now or later
// It runs on gRPC's thread and must not block. The request and the caller live until the answer.
// Use:
//   grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
//                                     const GetCaseRequest* request, Case* response) override {
//     return rpc::Unary(context, guard_, config::v1::ROLE_READER, request, response,
//                       [this](const rpc::Caller& caller, const GetCaseRequest& request) {…});
//   }
template <class Request, class Response, class Handler>
grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const CallGuard& guard,
                                Role needed, const Request* request, Response* response,
                                Handler&& handler) {
  auto* reactor = context->DefaultReactor();
  auto& method = guard.metrics().MethodOf(Request::descriptor());
  if constexpr (std::is_invocable_v<Handler, const Caller&, const Request&, Done<Response>>) {
    auto call = std::make_shared<internal::PendingCall<Response>>(
        internal::CallState(context, reactor, guard, method), response);
    if (auto admitted = call->Begin(needed); !admitted.ok()) {
      call->Finish(std::move(admitted));
      return reactor;
    }
    const Caller& caller = call->caller();
    handler(caller, *request, Done<Response>([call](absl::StatusOr<Response> answer) {
              call->Finish(std::move(answer));
            }));
  } else {
    internal::CallState state(context, reactor, guard, method);
    absl::Status status = state.Begin(needed);
    if (status.ok()) {
      absl::StatusOr<Response> answer = handler(state.caller(), *request);
      status = answer.status();
      if (answer.ok()) *response = *std::move(answer);
    }
    state.End(status);
  }
  return reactor;
}

}  // namespace vigil::rpc
