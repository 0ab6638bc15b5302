#pragma once

#include <functional>

#include "alert-svc/schedule/redis_pool.h"
#include "common/metrics/metrics.h"

namespace vigil::alert {

// For RedisScheduleOptions::on_connect: keeps the gauge `vigil_redis_durable` (1 where Redis runs
// with AOF `always` and `noeviction`, else 0) and warns in the log, once for each change, where a
// power loss or a full memory could take what Redis was told. The schedule works all the same: it
// is an index, and is rebuilt.
std::function<void(const RedisDurability&)> ReportDurability(Metrics& metrics);

}  // namespace vigil::alert
