#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/upstream/caller.h"

namespace vigil::gateway::upstream {

/// Sends each call to the caller that is responsible for its package; UNIMPLEMENTED for others.
class ServiceSwitch : public Caller {
 public:
  /// `package` as in `vigil.alert.v1`. The caller must outlive this.
  void Add(std::string package, Caller& caller);

  void Unary(const std::string& rpc_path, grpc::ByteBuffer request, const CallOptions& options,
             UnaryDone done) override;
  std::shared_ptr<ServerStream> Open(const std::string& rpc_path, grpc::ByteBuffer request,
                                     const CallOptions& options, StreamEvents events) override;

 private:
  Caller* Find(const std::string& rpc_path) const;

  std::vector<std::pair<std::string, Caller*>> callers_;
};

}  // namespace vigil::gateway::upstream
