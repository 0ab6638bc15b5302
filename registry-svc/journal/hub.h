// The last changes in memory, and whoever waits for more.
//
// The writer appends; a thread of the hub's own wakes the listeners, so that a hundred watchers
// cost the writer nothing. Each listener pulls at its own pace from the shared ring: nothing is
// queued for it, and what is memory-hungry, the ring, has a bound. One that falls out of the ring
// reads the journal, or is told to resume (rpc/watcher).
#pragma once

#include <array>
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
#include "common/clock/wake_signal.h"
#include "registry-svc/journal/published.h"
#include "registry-svc/journal/telling.h"

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
    // Changes kept in memory, and their serialized bytes, of which each set of topics that is
    // watched takes one more copy: whichever is reached first. The last change is kept whatever its
    // size.
    size_t changes = 1 << 16;
    size_t bytes = 32 << 20;
    // Whether a thread of the hub's own wakes the listeners; a test may do it by Wake.
    bool own_thread = true;
  };
  // What follows a revision.
  struct Next {
    enum class Kind {
      kNothing,  // it is the last
      kChange,
      kTooOld,  // no longer in memory: read the journal
    };
    Kind kind = Kind::kNothing;
    std::shared_ptr<const Telling> change;
  };

  Hub();
  explicit Hub(const Options& options);
  ~Hub();

  // The revision before the first that will be appended. Before anything else.
  void StartAt(int64_t revision);
  // In order, without gaps.
  void Append(const std::vector<std::shared_ptr<const Published>>& changes);
  Next After(int64_t revision) const;

  // Several changes in one message, kept for the watchers who come to the same place: those that
  // read equally fast stay together, and share all they are sent.
  struct Batch {
    int64_t after = 0;
    TopicMask topics = kAllTopics;
    grpc::Slice message;
    // Where it brings a watcher.
    int64_t revision = 0;
    std::string hash;
  };
  // Null where none is kept.
  std::shared_ptr<const Batch> FindBatch(int64_t after, TopicMask topics) const;
  void KeepBatch(std::shared_ptr<const Batch> batch) const;

  // From now on until it dies; FAILED after Close.
  bool Listen(const std::shared_ptr<Listener>& listener);
  // Listeners alive.
  int listeners() const;
  // Closes every listener, also those that come later.
  void Close();

  // Calls OnNews of every listener where something was appended since the last call, and OnTick
  // where `ticked`. Only without a thread of its own.
  void Wake(bool ticked);

 private:
  void Run();
  void Tell(bool news, bool ticked);
  std::vector<std::shared_ptr<Listener>> Alive();

  const Options options_;
  mutable absl::Mutex mutex_;
  std::deque<std::shared_ptr<const Telling>> ring_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t head_ ABSL_GUARDED_BY(mutex_) = 0;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  WakeSignal wake_;  // there is news, or it is time to end

  // The last few, in a ring.
  mutable absl::Mutex batches_mutex_;
  mutable std::array<std::shared_ptr<const Batch>, 16> batches_ ABSL_GUARDED_BY(batches_mutex_);
  mutable size_t next_batch_ ABSL_GUARDED_BY(batches_mutex_) = 0;

  mutable absl::Mutex listeners_mutex_;
  std::vector<std::weak_ptr<Listener>> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
  std::thread thread_;
};

}  // namespace vigil::registry
