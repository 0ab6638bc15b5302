#pragma once

#include <string>
#include <unordered_set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"

namespace vigil::gateway {

/// Sheds guessing of secrets. What this process made or found may be looked up as often as one
/// likes, whatever is guessed besides; of what it does not know to be there, kBurst at once and
/// then one a second (wall), those under way included. What is there and not known yet, as is all
/// after a start, shares these with the guesses: a flood may shed it, until one of its tries gets
/// through. So does what was forgotten: all, where more than kRemembered would be known. Whether a
/// guess was right is not told by being shed. Bounded; thread-safe.
class GuessLimit {
 public:
  static constexpr int kBurst = 60;
  static constexpr std::size_t kRemembered = 10'000;

  /// `clock` must outlive this.
  explicit GuessLimit(const Clock& clock) : clock_(clock), filled_(clock.Monotonic()) {}

  /// Whether this may be looked up now. To be followed by Found, Missing or Unanswered where it
  /// may.
  bool Admit(const std::string& id);
  /// It is there: the look-up was no guess.
  void Found(const std::string& id);
  /// It is not, or not any more.
  void Missing(const std::string& id);
  /// Nobody could say whether it is there: the look-up counts for nothing.
  void Unanswered(const std::string& id);

  /// It was made, and is there without having been looked up.
  void Made(const std::string& id);

 private:
  // Whether this is news.
  bool Remember(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBack() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  absl::Mutex mutex_;
  std::unordered_set<std::string> found_ ABSL_GUARDED_BY(mutex_);
  double left_ ABSL_GUARDED_BY(mutex_) = kBurst;
  absl::Duration filled_ ABSL_GUARDED_BY(mutex_);  // When `left_` was true.
};

}  // namespace vigil::gateway
