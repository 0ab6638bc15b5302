#pragma once

#include <grpcpp/impl/service_type.h>

#include <string>

namespace vigil::gateway {

/// A service whose RPCs are passed through, so that reflection lists it beside the gateway's own:
/// gRPC lists what is registered, and what the generic service takes is not. It registers one path
/// that no RPC has; a call of it is NOT_SERVED.
class ListedService : public grpc::Service {
 public:
  /// `name` as in `vigil.registry.v1.CaseService`.
  explicit ListedService(std::string name);

  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  const std::string path_;
};

}  // namespace vigil::gateway
