#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace vigil {

class MetricsHttp;

// Bounds in seconds for what takes microseconds to ten seconds: RPCs, commits, round trips.
const prometheus::Histogram::BucketBoundaries& LatencyBuckets();

// The metrics of a process, and the HTTP port that serves them. Names start with `vigil_`, counters
// end in `_total`, times in `_seconds`; label values come from a bounded set and never name a
// person. Thread-safe. Keep what it returns as a member: making a metric takes locks, using one
// does not. It lives as long as this.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A family, for metrics with labels: `family.Add({{"kind", "appeal"}})`. Asking again for the
  // same name and help gives the same family.
  prometheus::Family<prometheus::Counter>& Counters(const std::string& name,
                                                    const std::string& help);
  prometheus::Family<prometheus::Gauge>& Gauges(const std::string& name, const std::string& help);
  prometheus::Family<prometheus::Histogram>& Histograms(const std::string& name,
                                                        const std::string& help);

  // A metric by itself.
  prometheus::Counter& Counter(const std::string& name, const std::string& help,
                               const prometheus::Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help,
                           const prometheus::Labels& labels = {});
  prometheus::Histogram& Histogram(
      const std::string& name, const std::string& help, const prometheus::Labels& labels = {},
      const prometheus::Histogram::BucketBoundaries& bounds = LatencyBuckets());

  // Runs before each scrape, one scrape at a time: for gauges that are cheaper read than kept.
  void OnScrape(std::function<void()> refresh);

  // What /readyz answers: 200 where OK, else 503 with the message; before the first call 503
  // `starting`. `health` is called from the HTTP thread and must not block.
  void SetHealth(std::function<absl::Status()> health);

  // Serves on `host:port` (port 0: any free one) /metrics, /readyz, and /healthz: 200 as long as
  // the process answers. UNAVAILABLE where it cannot be listened on. No address: serves nothing.
  absl::Status Serve(const std::string& listen);

  // The port served on; 0 where none.
  int Port() const;

  // Stops the HTTP port. The destructor does too.
  void StopServing();

  // The text that /metrics answers.
  std::string Text();

 private:
  struct State;

  std::unique_ptr<State> state_;
  std::unique_ptr<MetricsHttp> http_;
};

}  // namespace vigil
