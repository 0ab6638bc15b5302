#include "registry-svc/rpc/snapshot_shelf.h"

#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

constexpr size_t kHeld = 8;
constexpr absl::Duration kHold = absl::Minutes(1);

}  // namespace

absl::StatusOr<SnapshotShelf::SnapshotPtr> SnapshotShelf::Take(int64_t revision,
                                                               const SnapshotPtr& present,
                                                               absl::Duration now) {
  absl::MutexLock lock(&mutex_);
  std::erase_if(held_, [&](const Held& held) { return held.until <= now; });
  if (revision == 0) revision = present->revision();
  for (const Held& held : held_) {
    if (held.snapshot->revision() == revision) return held.snapshot;
  }
  if (revision != present->revision()) return refusals::RevisionGone(revision);
  if (held_.size() == kHeld) held_.pop_front();
  held_.push_back({.snapshot = present, .until = now + kHold});
  return present;
}

}  // namespace vigil::registry
