#include "registry-svc/casebook/day_keeper.h"

#include <algorithm>

#include "absl/synchronization/notification.h"
#include "common/log/log.h"

namespace vigil::registry {
namespace {

constexpr absl::Duration kLongestSleep = absl::Seconds(1);
constexpr absl::Duration kAfterFailure = absl::Seconds(1);

}  // namespace

DayKeeper::DayKeeper(Casebook& casebook, const Clock& clock)
    : casebook_(casebook), clock_(clock), thread_([this] { Run(); }) {}

DayKeeper::~DayKeeper() {
  stop_.Set();
  thread_.join();
}

bool DayKeeper::SleepUntil(absl::Time wall) {
  const absl::Duration wait = std::min(wall - clock_.Wall(), kLongestSleep);
  return !stop_.Wait(std::max(wait, absl::ZeroDuration()));
}

absl::Status DayKeeper::Turn() {
  absl::Notification turned;
  absl::Status status;
  casebook_.TurnDay([&](const absl::Status& result) {
    status = result;
    turned.Notify();
  });
  turned.WaitForNotification();
  return status;
}

void DayKeeper::Run() {
  do {
    if (clock_.Now() < casebook_.NextMidnight()) continue;
    const absl::Status status = Turn();
    if (status.ok()) continue;
    // A casebook that stops ends a turn with an error, too.
    if (!SleepUntil(clock_.Wall() + kAfterFailure)) return;
    Log(LogLevel::kError, "the day could not be turned, trying again",
        {{"error", std::string(status.message())}});
  } while (SleepUntil(clock_.WallAt(casebook_.NextMidnight())));
}

}  // namespace vigil::registry
