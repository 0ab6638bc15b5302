#pragma once

#include <memory>
#include <string>

#include "gateway/aggregate/aggregator.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// The gateway's own RPCs behind the same face as those of the backends, so that HTTP needs no
/// second way.
class LocalCaller : public upstream::Caller {
 public:
  /// `aggregator` must outlive this.
  explicit LocalCaller(Aggregator& aggregator) : aggregator_(aggregator) {}

  void Unary(const std::string& rpc_path, grpc::ByteBuffer request,
             const upstream::CallOptions& options, upstream::UnaryDone done) override;
  /// UNIMPLEMENTED: the gateway has no streams of its own.
  std::shared_ptr<upstream::ServerStream> Open(const std::string& rpc_path,
                                               grpc::ByteBuffer request,
                                               const upstream::CallOptions& options,
                                               upstream::StreamEvents events) override;

 private:
  Aggregator& aggregator_;
};

}  // namespace vigil::gateway
