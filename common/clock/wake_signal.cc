#include "common/clock/wake_signal.h"

#include <utility>

namespace vigil {

void WakeSignal::Set() {
  {
    const std::lock_guard lock(mutex_);
    set_ = true;
  }
  changed_.notify_one();
}

bool WakeSignal::Wait(absl::Duration most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(most), [this] { return set_; });
  return std::exchange(set_, false);
}

}  // namespace vigil
