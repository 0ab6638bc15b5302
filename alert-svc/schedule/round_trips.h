#pragma once

#include "alert-svc/schedule/redis_schedule.h"
#include "common/metrics/metrics.h"

namespace vigil::alert {

// For RedisScheduleOptions::on_round_trip: vigil_redis_round_trip_seconds by call.
RoundTrips ReportRoundTrips(Metrics& metrics);

}  // namespace vigil::alert
