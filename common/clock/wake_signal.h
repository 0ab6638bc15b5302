#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace vigil {

// Waits by the monotonic clock. Those of absl last until a time of day: where the machine's is set
// back by an hour, for an hour. Thread-safe; one thread waits.
class WakeSignal {
 public:
  // Ends the wait that runs, or the next one.
  void Set();
  // Until it is set, or for so long; whether it was set.
  bool Wait(absl::Duration most);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace vigil
