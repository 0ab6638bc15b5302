// The parts of one shard, one after the other.
#pragma once

#include <chrono>
#include <string>

#include "common/rpc/guard.h"
#include "registry-svc/rpc/parts.h"
#include "vigil/registry/v1/journal.grpc.pb.h"

namespace vigil::registry {

// Writes each part when the one before has gone; deletes itself when gRPC is done with it.
class ShardStream final : public grpc::ServerWriteReactor<v1::StreamShardResponse> {
 public:
  ShardStream(const rpc::CallGuard& guard, std::string trace_id, ShardParts parts);

  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  void WriteNext();

  const rpc::CallGuard& guard_;
  const std::string trace_id_;
  const std::chrono::steady_clock::time_point start_;
  absl::Status status_;
  ShardParts parts_;
  v1::StreamShardResponse message_;
};

}  // namespace vigil::registry
