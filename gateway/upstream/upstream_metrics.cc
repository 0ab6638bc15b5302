#include "gateway/upstream/upstream_metrics.h"

#include <algorithm>

#include "gateway/transcode/error.h"

namespace vigil::gateway::upstream {

UpstreamMetrics::UpstreamMetrics(Metrics& metrics)
    : requests_(metrics.Counters("vigil_upstream_requests_total", "Calls to the backends.")),
      durations_(metrics.Histograms("vigil_upstream_duration_seconds",
                                    "Duration of calls to the backends.")) {}

UpstreamMetrics::Measure UpstreamMetrics::Begin(const std::string& rpc_path) {
  Measure measure;
  measure.metrics_ = this;
  measure.began_ = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  Method& method = methods_[rpc_path];
  if (method.duration == nullptr) {
    method.name = rpc_path.substr(1);
    method.duration = &durations_.Add({{"method", method.name}}, LatencyBuckets());
  }
  measure.method_ = &method;
  return measure;
}

void UpstreamMetrics::Measure::End(grpc::StatusCode code) const {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
  method_->duration->Observe(took.count());
  const std::size_t index = std::min(static_cast<std::size_t>(code), kCodes - 1);
  const std::lock_guard lock(metrics_->mutex_);
  prometheus::Counter*& counter = method_->by_code[index];
  if (counter == nullptr) {
    counter = &metrics_->requests_.Add(
        {{"method", method_->name},
         {"code", std::string(transcode::CodeName(static_cast<absl::StatusCode>(index)))}});
  }
  counter->Increment();
}

}  // namespace vigil::gateway::upstream
