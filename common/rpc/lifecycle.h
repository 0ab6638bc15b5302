#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace vigil::rpc {

// The life of a service: each thing registers how it is stopped when it is created, and all stop in
// reverse order. Construct it in main before any thread: it blocks SIGTERM and SIGINT in every
// thread started later, and ignores SIGPIPE.
class Lifecycle {
 public:
  Lifecycle();
  // Stops what Stop has not stopped.
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // `stop` runs once, on the thread that calls Stop. `what` names it in the log.
  void OnStop(std::string what, std::function<void()> stop);

  // Blocks until SIGTERM, SIGINT or End.
  void Wait();

  // Lets Wait return; from any thread.
  void End();

  // Runs what was registered, the last one first.
  void Stop();

 private:
  int signals_ = -1;
  int ended_ = -1;
  absl::Mutex mutex_;
  std::vector<std::pair<std::string, std::function<void()>>> stops_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::rpc
