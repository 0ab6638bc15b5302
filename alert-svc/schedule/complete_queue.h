#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "alert-svc/engine/schedule.h"
#include "alert-svc/schedule/connection.h"

namespace vigil::alert {

// One or several completes of a shard that go to Redis as one call, and who waits for them.
struct CompleteBatch {
  std::vector<CompleteRequest> requests;
  std::vector<Schedule::Done<ShardResult>> done;
};

// Completes of one shard that wait for an I/O thread. What has come together by the time the thread
// gets to them goes out together: with sends ending faster than Redis answers, a call carries many.
// Thread-safe.
class CompleteQueue {
 public:
  // True where it begins a group: the caller is to see that Take is called for that, in its turn.
  bool Add(CompleteRequest request, Schedule::Done<ShardResult> done);

  // Another call is made, which what is added from now on must not overtake.
  void Close();

  // The oldest group, in batches of bearable size, each of one epoch.
  std::vector<CompleteBatch> Take();

 private:
  absl::Mutex mutex_;
  std::deque<CompleteBatch> waiting_ ABSL_GUARDED_BY(mutex_);  // groups
  bool closed_ ABSL_GUARDED_BY(mutex_) = true;                 // none takes more
};

}  // namespace vigil::alert
