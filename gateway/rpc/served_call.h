#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/rpc/rpc_metrics.h"

namespace vigil::gateway {

/// One RPC that the gateway serves for a backend, over HTTP or gRPC: counted like those that it
/// answers itself, and part of the same limit of calls in flight. End is called once.
class ServedCall {
 public:
  /// `rpc_path` as in `/vigil.registry.v1.CaseService/GetCase`. Nothing where too many calls are in
  /// flight.
  static std::optional<ServedCall> Begin(rpc::RpcMetrics& metrics, const std::string& rpc_path) {
    rpc::MethodMetrics& method = metrics.Method(rpc_path.substr(1));
    if (metrics.Enter()) return ServedCall(metrics, method);
    method.Finished(absl::StatusCode::kResourceExhausted, absl::ZeroDuration());
    return std::nullopt;
  }

  void End(absl::StatusCode code) const {
    method_->Finished(code, absl::FromChrono(std::chrono::steady_clock::now() - began_));
    metrics_->Leave();
  }

 private:
  ServedCall(rpc::RpcMetrics& metrics, rpc::MethodMetrics& method)
      : metrics_(&metrics), method_(&method), began_(std::chrono::steady_clock::now()) {}

  rpc::RpcMetrics* metrics_;
  rpc::MethodMetrics* method_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace vigil::gateway
