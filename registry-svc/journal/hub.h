// The last changes in memory, and whoever waits for more.
//
// The writer appends; a thread of the hub's own wakes the listeners, so that a hundred watchers
// cost the writer nothing. Each listener pulls at its own pace from the shared ring: nothing is
// queued for it. One that falls out of the ring reads the journal, or is told to resume
// (rpc/watch_stream).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/journal/published.h"

namespace vigil::registry {

// Called on the hub's thread; must not block.
class Listener {
 public:
  virtual ~Listener() = default;
  // There may be news.
  virtual void OnNews() = 0;
  // About each second of wall time.
  virtual void OnTick() = 0;
  // No more will come.
  virtual void OnClose() = 0;
};

class Hub {
 public:
  struct Options {
    // Changes kept in memory, and their bytes: whichever is reached first.
    size_t changes = 4096;
    size_t bytes = 64 << 20;
  };
  // What follows a revision.
  struct Next {
    enum class Kind {
      kNothing,  // it is the last
      kChange,
      kTooOld,  // no longer in memory: read the journal
    };
    Kind kind = Kind::kNothing;
    std::shared_ptr<const Published> change;
  };

  Hub();
  explicit Hub(const Options& options);
  ~Hub();

  // The revision before the first that will be appended. Before anything else.
  void StartAt(int64_t revision);
  // In order, without gaps.
  void Append(const std::vector<std::shared_ptr<const Published>>& changes);
  Next After(int64_t revision) const;

  // From now on until it dies; FAILED after Close.
  bool Listen(const std::shared_ptr<Listener>& listener);
  // Listeners alive.
  int listeners() const;
  // Closes every listener, also those that come later.
  void Close();

 private:
  void Run();
  std::vector<std::shared_ptr<Listener>> Alive();

  const Options options_;
  mutable absl::Mutex mutex_;
  std::deque<std::shared_ptr<const Published>> ring_ ABSL_GUARDED_BY(mutex_);
  std::deque<size_t> sizes_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t head_ ABSL_GUARDED_BY(mutex_) = 0;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  mutable absl::Mutex listeners_mutex_;
  std::vector<std::weak_ptr<Listener>> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
  std::thread thread_;
};

}  // namespace vigil::registry
