#pragma once

#include <string>
#include <unordered_set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"

namespace vigil::gateway {

/// Sheds guessing of secrets. What was found of late may be looked up as often as one likes, so
/// that a flood of guesses keeps no subscriber out; of what is not known to be there, kBurst at
/// once and then one a second (wall). Whether a guess was right is not told by being shed.
/// Bounded; thread-safe.
class GuessLimit {
 public:
  static constexpr int kBurst = 60;
  static constexpr std::size_t kRemembered = 10'000;

  /// `clock` must outlive this.
  explicit GuessLimit(const Clock& clock) : clock_(clock), filled_(clock.Monotonic()) {}

  /// Whether this may be looked up now. To be followed by Found or Missing where it may.
  bool Admit(const std::string& id);
  /// It is there: the look-up was no guess.
  void Found(const std::string& id);
  /// It is not, or not any more.
  void Missing(const std::string& id);

 private:
  const Clock& clock_;
  absl::Mutex mutex_;
  std::unordered_set<std::string> found_ ABSL_GUARDED_BY(mutex_);
  double left_ ABSL_GUARDED_BY(mutex_) = kBurst;
  absl::Duration filled_ ABSL_GUARDED_BY(mutex_);  // When `left_` was true.
};

}  // namespace vigil::gateway
