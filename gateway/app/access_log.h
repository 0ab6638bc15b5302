#pragma once

#include <mutex>
#include <string>
#include <tuple>
#include <unordered_map>

#include "common/metrics/metrics.h"
#include "gateway/http/server.h"

namespace vigil::gateway {

/// One log line and one count for each request: its route's template, never its path or query,
/// which can name a case. vigil_http_requests_total{route,method,code},
/// vigil_http_request_duration_seconds{route}, vigil_http_connections. Thread-safe.
class AccessLog {
 public:
  /// `metrics` must outlive this.
  explicit AccessLog(Metrics& metrics);

  void Record(const http::Completion& completion);
  void SetConnections(int count);

 private:
  prometheus::Counter& Requests(const http::Completion& completion);
  prometheus::Histogram& Duration(const std::string& route);

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& connections_;
  std::mutex mutex_;
  std::unordered_map<std::string, prometheus::Counter*> counters_;      // Under mutex_.
  std::unordered_map<std::string, prometheus::Histogram*> histograms_;  // Under mutex_.
};

}  // namespace vigil::gateway
