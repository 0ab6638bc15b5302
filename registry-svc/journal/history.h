// How far back a watcher of the journal may resume.
#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registry-svc/journal/entry_time.h"

namespace vigil::registry {

// Compacts what is told to watchers, and that alone: the journal with its chain stays whole, for
// audit and for reads of the past. A stream that runs is never cut short; only a new one is refused
// where it asks for what is no longer told. Thread-safe.
class WatchHistory {
 public:
  struct Options {
    // The last revisions that stay, this many; 0: all.
    int64_t revisions = 0;
    // How long a revision stays; zero: for ever.
    absl::Duration age = absl::ZeroDuration();
  };

  WatchHistory() : WatchHistory(Options()) {}
  explicit WatchHistory(const Options& options) : options_(options) {}

  // Revisions up to this one are no longer told; 0: all are told. Never goes back.
  int64_t compacted() const;
  // No longer tells revisions up to this one.
  void Compact(int64_t revision);
  // Compacts what the options no longer keep of a journal that ends at `head`. Where they name an
  // age it reads about log2(head) entries: on a thread that may block. The errors of `read`, and
  // DATA_LOSS for an entry that cannot be read.
  absl::Status Update(int64_t head, absl::Time now, const ReadEntries& read);

 private:
  const Options options_;
  mutable absl::Mutex mutex_;
  int64_t compacted_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace vigil::registry
