#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

#include "gateway/upstream/caller.h"
#include "gateway/upstream/in_flight.h"
#include "gateway/upstream/upstream_metrics.h"

namespace vigil::gateway::upstream {

/// Calls one backend, and counts its calls.
class ChannelCaller : public Caller {
 public:
  /// `metrics` must outlive this.
  ChannelCaller(const std::shared_ptr<grpc::Channel>& channel, UpstreamMetrics& metrics);

  ~ChannelCaller() override;

  /// See InFlight::Drain; new calls end with UNAVAILABLE.
  void Drain(absl::Duration patience) { in_flight_.Drain(patience); }

  void Unary(const std::string& rpc_path, grpc::ByteBuffer request, const CallOptions& options,
             UnaryDone done) override;
  std::shared_ptr<ServerStream> Open(const std::string& rpc_path, grpc::ByteBuffer request,
                                     const CallOptions& options, StreamEvents events) override;

 private:
  grpc::GenericStub stub_;
  UpstreamMetrics& metrics_;
  InFlight in_flight_;
};

}  // namespace vigil::gateway::upstream
