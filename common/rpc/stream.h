#pragma once

#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "common/rpc/guard.h"
#include "common/rpc/status.h"

namespace vigil::rpc {

// The reactor of a server stream that is refused at once: counts and logs the error like Unary.
//   auto caller = guard_.Admit(*context, role);
//   if (!caller.ok()) return rpc::RefuseStream<Change>(guard_, method, caller.status());
template <class Response>
grpc::ServerWriteReactor<Response>* RefuseStream(const CallGuard& guard, const std::string& method,
                                                 const absl::Status& status);

// Counts one stream in the metrics of its method and logs the error it ended with; call it once
// when the stream ends. `method`: `vigil.registry.v1.JournalService/WatchChanges`.
void StreamEnded(const CallGuard& guard, const std::string& method, const std::string& trace_id,
                 const absl::Status& status, absl::Duration took);

namespace internal {

template <class Response>
class RefusedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace internal

template <class Response>
grpc::ServerWriteReactor<Response>* RefuseStream(const CallGuard& guard, const std::string& method,
                                                 const absl::Status& status) {
  StreamEnded(guard, method, "", status, absl::ZeroDuration());
  return new internal::RefusedStream<Response>(ToGrpcStatus(status));
}

}  // namespace vigil::rpc
