#include "alert-svc/schedule/round_trips.h"

#include <map>
#include <memory>
#include <string>

namespace vigil::alert {

RoundTrips ReportRoundTrips(Metrics& metrics) {
  auto& family = metrics.Histograms("vigil_redis_round_trip_seconds",
                                    "From a call of the schedule to Redis' answer, by call.");
  auto known = std::make_shared<std::map<std::string, prometheus::Histogram*, std::less<>>>();
  return [&family, known](std::string_view call, absl::Duration took) {
    auto found = known->find(call);
    if (found == known->end()) {
      const std::string name(call);
      found = known->emplace(name, &family.Add({{"call", name}}, LatencyBuckets())).first;
    }
    found->second->Observe(absl::ToDoubleSeconds(took));
  };
}

}  // namespace vigil::alert
