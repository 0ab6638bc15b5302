#include "common/clock/clock.h"

#include <time.h>

#include "common/clock/clock_file.h"

namespace vigil {
namespace {

class SystemClock final : public Clock {
 public:
  explicit SystemClock(const ClockFile& file) : file_(file) {}

  absl::Time Now() const override { return file_.CalendarAt(Wall()); }
  absl::Time Wall() const override { return absl::Now(); }
  absl::Duration Monotonic() const override {
    timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return absl::DurationFromTimespec(now);
  }
  absl::Time WallAt(absl::Time calendar) const override { return file_.WallAt(calendar); }

 private:
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
