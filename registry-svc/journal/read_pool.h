// Threads for reads that go to disk or look at very much, so that no reactor waits for one.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace vigil::registry {

class ReadPool {
 public:
  explicit ReadPool(int threads = 1);
  // Runs what waits, then ends.
  ~ReadPool();

  // False where too much waits, or the pool ends; the work is not run then.
  bool Post(std::function<void()> work);

 private:
  void Run();

  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace vigil::registry
