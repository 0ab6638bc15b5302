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
  if (Remember(id)) GiveBack();
}

void GuessLimit::Missing(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  found_.erase(id);
}

void GuessLimit::Unanswered(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  if (found_.count(id) == 0) GiveBack();
}

void GuessLimit::Made(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  Remember(id);
}

bool GuessLimit::Remember(const std::string& id) {
  if (found_.size() >= kRemembered && found_.count(id) == 0) found_.clear();
  return found_.insert(id).second;
}

void GuessLimit::GiveBack() { left_ = std::min<double>(kBurst, left_ + 1); }

}  // namespace vigil::gateway
