#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "common/rpc/rpc_metrics.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

class OpenStreams;

/// Passes every public RPC of the backends through, in wire form: request, answer, server streams,
/// bearer token, trace context, deadline, and the status with its details. Public are those with an
/// HTTP annotation, and the journal, which the backend keeps to services; others are NOT_SERVED.
/// What gRPC says itself of a backend is worded anew, as over HTTP (Explain). A call without a
/// token ends here; whose token it is and what it may do, the backend says, since it knows tokens
/// that the gateway need not know.
class PassThrough : public grpc::CallbackGenericService {
 public:
  /// Both must outlive this.
  PassThrough(upstream::Caller& backends, rpc::RpcMetrics& metrics);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  /// Ends every stream with UNAVAILABLE and takes no new ones: a shutdown must not wait for what
  /// never ends by itself.
  void EndStreams();

 private:
  enum class Kind { kUnary, kServerStream };

  upstream::Caller& backends_;
  rpc::RpcMetrics& metrics_;
  std::unordered_map<std::string, Kind> public_rpcs_;
  const std::shared_ptr<OpenStreams> streams_;
};

}  // namespace vigil::gateway
