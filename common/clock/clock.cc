#include "common/clock/clock.h"

#include <time.h>

#include "common/clock/clock_file.h"

namespace vigil {
namespace {

class SystemClock final : public Clock {
 public:
  explicit SystemClock(const ClockFile& file) : file_(file) {}

  absl::Time Now() const override { return file_.CalendarAt(Wall()); }
  // Not absl::Now(), which goes by the processor's counter and may miss for two seconds that the
  // machine's clock was set.
  absl::Time Wall() const override { return absl::TimeFromTimespec(Read(CLOCK_REALTIME)); }
  absl::Duration Monotonic() const override {
    return absl::DurationFromTimespec(Read(CLOCK_BOOTTIME));
  }
  absl::Time WallAt(absl::Time calendar) const override { return file_.WallAt(calendar); }

 private:
  static timespec Read(clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return now;
  }

  const ClockFile file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Clock>> OpenClock(const std::string& clock_file) {
  if (clock_file.empty()) return std::make_unique<SystemClock>(ClockFile());
  const auto file = ReadClockFile(clock_file);
  if (!file.ok()) return file.status();
  return std::make_unique<SystemClock>(*file);
}

}  // namespace vigil
