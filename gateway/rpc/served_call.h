#pragma once

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "common/rpc/errors.h"
#include "common/rpc/rpc_metrics.h"

namespace vigil::gateway {

/// One RPC that the gateway serves for a backend, over HTTP or gRPC: counted like those that it
/// answers itself. End is called once.
class ServedCall {
 public:
  /// `rpc_path` as in `/vigil.registry.v1.CaseService/GetCase`. `metrics` must outlive this.
  ServedCall(rpc::RpcMetrics& metrics, const std::string& rpc_path)
      : metrics_(&metrics),
        method_(&metrics.Method(rpc_path.substr(1))),
        began_(std::chrono::steady_clock::now()) {}

  /// Takes a place among the calls in flight, which End gives back; streams take none.
  /// RESOURCE_EXHAUSTED where there is none.
  absl::Status Enter() {
    entered_ = metrics_->Enter();
    if (entered_) return absl::OkStatus();
    return rpc::ResourceExhausted("OVERLOADED", {},
                                  "too many calls are under way; try again in a second");
  }

  void End(absl::StatusCode code) const {
    if (entered_) metrics_->Leave();
    method_->Finished(code, Took());
  }

  /// `vigil.registry.v1.CaseService/GetCase`.
  const std::string& method() const { return method_->method(); }
  absl::Duration Took() const {
    return absl::FromChrono(std::chrono::steady_clock::now() - began_);
  }

 private:
  rpc::RpcMetrics* metrics_;
  rpc::MethodMetrics* method_;
  std::chrono::steady_clock::time_point began_;
  bool entered_ = false;
};

}  // namespace vigil::gateway
