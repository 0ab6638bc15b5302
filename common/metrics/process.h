#pragma once

#include "common/metrics/metrics.h"

namespace vigil {

// The process' own figures under their usual names: process_cpu_seconds_total,
// process_resident_memory_bytes, process_open_fds, process_max_fds, process_start_time_seconds.
// Read at each scrape.
void AddProcessMetrics(Metrics& metrics);

}  // namespace vigil
