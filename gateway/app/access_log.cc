#include "gateway/app/access_log.h"

#include <array>
#include <cmath>
#include <string_view>

#include "common/log/log.h"
#include "fmt/format.h"

namespace vigil::gateway {
namespace {

// A client can invent methods; a label must not grow with them.
std::string_view KnownMethod(const std::string& method) {
  constexpr std::array<std::string_view, 7> kMethods = {"GET",  "POST", "PATCH",  "DELETE",
                                                        "HEAD", "PUT",  "OPTIONS"};
  for (const std::string_view known : kMethods) {
    if (method == known) return known;
  }
  return "other";
}

}  // namespace

AccessLog::AccessLog(Metrics& metrics)
    : requests_(metrics.Counters("vigil_http_requests_total", "HTTP requests answered.")),
      durations_(metrics.Histograms("vigil_http_request_duration_seconds",
                                    "From a request's head to the last byte of its answer.")),
      connections_(metrics.Gauge("vigil_http_connections", "Open HTTP connections.")) {}

void AccessLog::Record(const http::Completion& completion) {
  const std::chrono::duration<double> took = completion.duration;
  {
    const std::lock_guard lock(mutex_);
    Requests(completion).Increment();
    Duration(completion.route).Observe(took.count());
  }
  const LogLevel level = completion.status >= 500 ? LogLevel::kWarning : LogLevel::kInfo;
  Log(level, "http request",
      {{"route", completion.route},
       {"method", KnownMethod(completion.method)},
       {"status", completion.status},
       {"duration_ms", std::round(took.count() * 1e6) / 1e3},
       {"bytes", static_cast<std::int64_t>(completion.bytes)},
       {"trace_id", completion.trace_id}});
}

void AccessLog::SetConnections(int count) { connections_.Set(count); }

prometheus::Counter& AccessLog::Requests(const http::Completion& completion) {
  const std::string_view method = KnownMethod(completion.method);
  prometheus::Counter*& counter =
      counters_[fmt::format("{} {} {}", completion.status, method, completion.route)];
  if (counter == nullptr) {
    counter = &requests_.Add({{"route", completion.route},
                              {"method", std::string(method)},
                              {"code", fmt::format("{}", completion.status)}});
  }
  return *counter;
}

prometheus::Histogram& AccessLog::Duration(const std::string& route) {
  prometheus::Histogram*& histogram = histograms_[route];
  if (histogram == nullptr) histogram = &durations_.Add({{"route", route}}, LatencyBuckets());
  return *histogram;
}

}  // namespace vigil::gateway
