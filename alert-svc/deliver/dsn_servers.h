#pragma once

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace vigil::alert {

// Which mail servers, by URL, are asked for delivery status notifications (RFC 3461): those that
// offered them when they last greeted, but for any that refused what it had offered. Thread-safe.
class DsnServers {
 public:
  bool IsAsked(const std::string& url) const {
    const absl::MutexLock lock(&mutex_);
    return offering_.contains(url) && !refusing_.contains(url);
  }
  // A new connection: it may be another server by now.
  void NoteGreeting(const std::string& url) {
    const absl::MutexLock lock(&mutex_);
    offering_.erase(url);
  }
  void NoteOffer(const std::string& url) {
    const absl::MutexLock lock(&mutex_);
    offering_.insert(url);
  }
  void NoteRefusal(const std::string& url) {
    const absl::MutexLock lock(&mutex_);
    refusing_.insert(url);
  }

 private:
  mutable absl::Mutex mutex_;
  std::set<std::string> offering_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> refusing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::alert
