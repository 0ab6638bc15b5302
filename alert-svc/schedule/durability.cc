#include "alert-svc/schedule/durability.h"

#include <atomic>
#include <memory>

#include "common/log/log.h"

namespace vigil::alert {

std::function<void(const RedisDurability&)> ReportDurability(Metrics& metrics) {
  prometheus::Gauge& gauge = metrics.Gauge(
      "vigil_redis_durable", "1 where Redis runs with AOF always and noeviction, else 0.");
  auto warned = std::make_shared<std::atomic<bool>>(false);
  return [&gauge, warned](const RedisDurability& durability) {
    gauge.Set(durability.AsWished() ? 1 : 0);
    if (warned->exchange(!durability.AsWished()) || durability.AsWished()) return;
    Log(LogLevel::kWarning,
        "redis keeps less than it should: set appendonly yes, appendfsync "
        "always, maxmemory-policy noeviction",
        {{"known", durability.known},
         {"appendonly", durability.append_only},
         {"appendfsync_always", durability.sync_always},
         {"noeviction", durability.no_eviction}});
  };
}

}  // namespace vigil::alert
