#include "common/rpc/rpc_metrics.h"

#include <array>
#include <string_view>

namespace vigil::rpc {
namespace {

constexpr std::array<std::string_view, 17> kCodes{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

std::string MethodName(const google::protobuf::Descriptor* request) {
  const auto* file = request->file();
  for (int i = 0; i < file->service_count(); ++i) {
    const auto* service = file->service(i);
    for (int j = 0; j < service->method_count(); ++j) {
      if (service->method(j)->input_type() == request) {
        return service->full_name() + "/" + service->method(j)->name();
      }
    }
  }
  return request->full_name();
}

}  // namespace

void MethodMetrics::Finished(absl::StatusCode code, absl::Duration took) {
  const auto index = std::min<size_t>(static_cast<size_t>(code), kCodes.size() - 1);
  Ended& ended = by_code_[index];
  std::call_once(made_[index], [&] {
    const prometheus::Labels labels{{"method", method_}, {"code", std::string(kCodes[index])}};
    ended = {&requests_->Add(labels), &durations_->Add(labels, LatencyBuckets())};
  });
  ended.count->Increment();
  ended.duration->Observe(absl::ToDoubleSeconds(took));
}

RpcMetrics::RpcMetrics(Metrics& metrics, int max_in_flight)
    : max_in_flight_(max_in_flight),
      requests_(metrics.Counters("vigil_rpc_requests_total", "RPCs answered, by method and code.")),
      durations_(
          metrics.Histograms("vigil_rpc_duration_seconds",
                             "Time from a call's arrival to its answer, by method and code.")),
      gauge_(metrics.Gauge("vigil_rpc_in_flight", "Unary RPCs under way.")) {
  metrics.OnScrape([this] { gauge_.Set(in_flight_.load(std::memory_order_relaxed)); });
}

MethodMetrics& RpcMetrics::Method(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  auto& method = methods_[name];
  if (!method) {
    method = std::make_unique<MethodMetrics>();
    method->method_ = name;
    method->requests_ = &requests_;
    method->durations_ = &durations_;
  }
  return *method;
}

MethodMetrics& RpcMetrics::MethodOf(const google::protobuf::Descriptor* request) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = by_request_.find(request);
    if (found != by_request_.end()) return *found->second;
  }
  MethodMetrics& method = Method(MethodName(request));
  absl::MutexLock lock(&mutex_);
  by_request_[request] = &method;
  return method;
}

bool RpcMetrics::Enter() {
  if (in_flight_.fetch_add(1, std::memory_order_relaxed) < max_in_flight_) return true;
  Leave();
  return false;
}

void RpcMetrics::Leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }

}  // namespace vigil::rpc
