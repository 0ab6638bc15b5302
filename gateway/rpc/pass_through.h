#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "common/rpc/guard.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

class OpenStreams;

/// Passes every public RPC of the backends through, in wire form: request, answer, server streams,
/// bearer token, trace context, deadline, and the status with its details. Public are those with an
/// HTTP annotation, and the journal, which the backend keeps to services. The guard here admits
/// anyone with a token; what the token may do, the backend says.
/// The streams that pass through now.
class OpenStreams;

class PassThrough : public grpc::CallbackGenericService {
 public:
  /// Both must outlive this.
  PassThrough(upstream::Caller& backends, const rpc::CallGuard& guard);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  /// Ends every stream with UNAVAILABLE and takes no new ones: a shutdown must not wait for what
  /// never ends by itself.
  void EndStreams();

 private:
  enum class Kind { kUnary, kServerStream };

  upstream::Caller& backends_;
  const rpc::CallGuard& guard_;
  std::unordered_map<std::string, Kind> public_rpcs_;
  const std::shared_ptr<OpenStreams> streams_;
};

}  // namespace vigil::gateway
