// Turns the day: at each local midnight of a case, what a date could change is derived anew.
#pragma once

#include <thread>

#include "common/clock/clock.h"
#include "common/clock/wake_signal.h"
#include "registry-svc/casebook/casebook.h"

namespace vigil::registry {

// A thread that sleeps until calendar time reaches the next midnight, and has the casebook turn the
// day. It sleeps by wall time, at most a second, so that a new or moved case whose midnight comes
// earlier is not forgotten. After a failed turn it tries again a second later.
class DayKeeper {
 public:
  // Both outlive it.
  DayKeeper(Casebook& casebook, const Clock& clock);
  // Wakes and ends the thread.
  ~DayKeeper();

 private:
  void Run();
  // False when it is time to end.
  bool SleepUntil(absl::Time wall);
  absl::Status Turn();

  Casebook& casebook_;
  const Clock& clock_;
  WakeSignal stop_;
  std::thread thread_;
};

}  // namespace vigil::registry
