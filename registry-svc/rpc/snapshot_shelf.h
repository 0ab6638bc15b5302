// Snapshots that somebody reads from in several calls.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registry-svc/casebook/snapshot.h"

namespace vigil::registry {

// Holds what was read lately, so that the shards of one sweep can be read as of one revision.
// Bounded: the last few revisions, each for a minute since it was first read; as snapshots share
// what did not change, one costs what changed in that minute. Thread-safe.
class SnapshotShelf {
 public:
  using SnapshotPtr = std::shared_ptr<const Snapshot>;

  // The snapshot of a revision; of 0 the present one, which is held from now on. OUT_OF_RANGE
  // REVISION_GONE. `now` is monotonic.
  absl::StatusOr<SnapshotPtr> Take(int64_t revision, const SnapshotPtr& present,
                                   absl::Duration now);

 private:
  struct Held {
    SnapshotPtr snapshot;
    absl::Duration until;
  };

  absl::Mutex mutex_;
  std::deque<Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
