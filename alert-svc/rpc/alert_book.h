#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "vigil/alert/v1/alert.pb.h"

namespace vigil::alert {

using AlertPtr = std::shared_ptr<const v1::Alert>;

// One change of an alert, as watchers see it.
struct AlertEvent {
  std::int64_t number = 0;
  AlertPtr alert;
};

// What the API reads: the alerts of the present, published by the engine, and the last changes of
// them for watchers. Thread-safe. Numbers of changes start over with the process; a token of
// another process is answered with everything that has fired, what is closed only where it fired of
// late: whoever was away hears of what became of the alerts they know.
class AlertBook {
 public:
  class Watcher {
   public:
    virtual ~Watcher() = default;
    // There is something new, or the book is closed; from any thread, must not block.
    virtual void OnNews() = 0;
  };

  explicit AlertBook(std::string instance) : instance_(std::move(instance)) {}

  // Replaces the alerts of some cases. Each that looks otherwise now is a change.
  using CaseAlerts = std::map<std::string, std::vector<v1::Alert>>;
  void Publish(CaseAlerts cases);

  AlertPtr Find(std::string_view name) const;
  // All of them by name, each as it is when its turn comes. What is published meanwhile waits for
  // a small part of them only, and `take` may call the book.
  void ForEach(const std::function<void(const AlertPtr&)>& take) const;
  // How many there are by what the metrics tell; costs the same however many there are.
  struct Counts {
    int unacknowledged = 0;
    int overdue = 0;
  };
  Counts counts() const;

  // Where a watcher with this token starts: the number of the last change it has, and what it is to
  // be told first. OUT_OF_RANGE never comes: an old token is answered with the present, of what is
  // closed with that which fired since `closed_since`.
  struct StartingPoint {
    std::int64_t after = 0;
    std::vector<AlertPtr> first;
  };
  StartingPoint StartAt(std::string_view token, absl::Time closed_since) const;
  // A number whose token is answered with the present.
  static constexpr std::int64_t kFromTheStart = -1;
  // The change after this one; a null alert where there is none yet. Where the watcher has fallen
  // behind what is kept, `number` is -1.
  AlertEvent After(std::int64_t number) const;
  std::string TokenOf(std::int64_t number) const;
  // Whether a text is a token of this process or of another one.
  static bool IsToken(std::string_view text);

  void Listen(std::weak_ptr<Watcher> watcher);
  // Ends all watchers.
  void Close();
  bool closed() const;

 private:
  // Replaces those of one case; true where something changed.
  bool PublishCase(const std::string& case_name, std::vector<v1::Alert> alerts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(const v1::Alert& alert, int by) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();

  const std::string instance_;
  mutable absl::Mutex mutex_;
  std::map<std::string, AlertPtr, std::less<>> present_ ABSL_GUARDED_BY(mutex_);
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> by_case_ ABSL_GUARDED_BY(mutex_);
  std::deque<AlertEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::int64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::weak_ptr<Watcher>> watchers_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

// Whether an alert has fired and is not closed, acknowledged or not.
bool HasFired(const v1::Alert& alert);

// Whether an alert has fired and nobody has answered it by an acknowledgement or by putting it off:
// what the metrics, the overview and the page call unacknowledged.
bool IsUnacknowledged(const v1::Alert& alert);

// Of those, whether the deadline has passed, by the day of its case.
bool IsOverdue(const v1::Alert& alert);

}  // namespace vigil::alert
