#include "common/metrics/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace vigil {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenFiles() {
  std::error_code ignored;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", ignored), end; it != end;
       it.increment(ignored)) {
    ++count;
  }
  return count;
}

double MaxFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void AddProcessMetrics(Metrics& metrics) {
  auto& cpu = metrics.Counter("process_cpu_seconds_total", "User and system CPU time spent.");
  auto& memory = metrics.Gauge("process_resident_memory_bytes", "Resident memory.");
  auto& files = metrics.Gauge("process_open_fds", "Open file descriptors.");
  metrics.Gauge("process_max_fds", "File descriptors the process may open.").Set(MaxFiles());
  metrics.Gauge("process_start_time_seconds", "Start of the process, since 1970.")
      .Set(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  metrics.OnScrape([&cpu, &memory, &files] {
    cpu.Increment(CpuSeconds() - cpu.Value());
    memory.Set(ResidentBytes());
    files.Set(OpenFiles());
  });
}

}  // namespace vigil
