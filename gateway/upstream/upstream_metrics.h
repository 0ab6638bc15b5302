#pragma once

#include <grpcpp/support/status_code_enum.h>

#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/metrics/metrics.h"

namespace vigil::gateway::upstream {

/// Rate, errors and duration of the calls to the backends:
/// vigil_upstream_requests_total{method,code} and vigil_upstream_duration_seconds{method}. Methods
/// are those of the protos, so the labels are bounded. Thread-safe.
class UpstreamMetrics {
 private:
  struct Method;

 public:
  /// A call under way.
  class Measure {
   public:
    void End(grpc::StatusCode code) const;

   private:
    friend class UpstreamMetrics;
    UpstreamMetrics* metrics_ = nullptr;
    Method* method_ = nullptr;
    std::chrono::steady_clock::time_point began_;
  };

  /// `metrics` must outlive this.
  explicit UpstreamMetrics(Metrics& metrics);

  /// `rpc_path` as in `/vigil.registry.v1.CaseService/GetCase`.
  Measure Begin(const std::string& rpc_path);

 private:
  static constexpr std::size_t kCodes = 17;  // Of google.rpc.Code.

  struct Method {
    std::string name;
    prometheus::Histogram* duration = nullptr;
    std::array<prometheus::Counter*, kCodes> by_code{};
  };

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  std::mutex mutex_;
  std::unordered_map<std::string, Method> methods_;  // Under mutex_; elements stay where they are.
};

}  // namespace vigil::gateway::upstream
