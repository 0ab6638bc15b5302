#include "gateway/calendar/guess_limit.h"

#include <algorithm>

namespace vigil::gateway {

bool GuessLimit::Admit(const std::string& id) {
  const absl::Duration now = clock_.Monotonic();
  absl::MutexLock lock(&mutex_);
  if (found_.count(id) > 0) return true;
  left_ = std::min<double>(kBurst, left_ + absl::ToDoubleSeconds(now - filled_));
  filled_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

void GuessLimit::Found(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  if (found_.size() >= kRemembered) found_.clear();
  if (found_.insert(id).second) left_ = std::min<double>(kBurst, left_ + 1);
}

void GuessLimit::Missing(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  found_.erase(id);
}

}  // namespace vigil::gateway
