#include "common/metrics/metrics.h"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "absl/synchronization/mutex.h"
#include "common/metrics/http.h"
#include "common/metrics/process.h"

namespace vigil {

struct Metrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  absl::Mutex mutex;
  std::vector<std::function<void()>> refreshes ABSL_GUARDED_BY(mutex);
  std::function<absl::Status()> health ABSL_GUARDED_BY(mutex);
};

const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const auto* buckets = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return *buckets;
}

Metrics::Metrics() : state_(std::make_unique<State>()) { AddProcessMetrics(*this); }

Metrics::~Metrics() { StopServing(); }

prometheus::Family<prometheus::Counter>& Metrics::Counters(const std::string& name,
                                                           const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*state_->registry);
}

prometheus::Family<prometheus::Gauge>& Metrics::Gauges(const std::string& name,
                                                       const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*state_->registry);
}

prometheus::Family<prometheus::Histogram>& Metrics::Histograms(const std::string& name,
                                                               const std::string& help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*state_->registry);
}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help,
                                      const prometheus::Labels& labels) {
  return Counters(name, help).Add(labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help,
                                  const prometheus::Labels& labels) {
  return Gauges(name, help).Add(labels);
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help,
                                          const prometheus::Labels& labels,
                                          const prometheus::Histogram::BucketBoundaries& bounds) {
  return Histograms(name, help).Add(labels, bounds);
}

void Metrics::OnScrape(std::function<void()> refresh) {
  absl::MutexLock lock(&state_->mutex);
  state_->refreshes.push_back(std::move(refresh));
}

void Metrics::SetHealth(std::function<absl::Status()> health) {
  absl::MutexLock lock(&state_->mutex);
  state_->health = std::move(health);
}

std::string Metrics::Text() {
  {
    absl::MutexLock lock(&state_->mutex);
    for (const auto& refresh : state_->refreshes) refresh();
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, state_->registry->Collect());
  return std::move(out).str();
}

absl::Status Metrics::Serve(const std::string& listen) {
  if (listen.empty()) return absl::OkStatus();
  auto http = MetricsHttp::Start(
      listen, [this] { return Text(); },
      [this] {
        absl::MutexLock lock(&state_->mutex);
        return state_->health ? state_->health() : absl::UnavailableError("starting");
      });
  if (!http.ok()) return http.status();
  http_ = *std::move(http);
  return absl::OkStatus();
}

int Metrics::Port() const { return http_ ? http_->Port() : 0; }

void Metrics::StopServing() { http_.reset(); }

}  // namespace vigil
