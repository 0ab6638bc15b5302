#include "registry-svc/journal/history.h"

#include <algorithm>

namespace vigil::registry {

int64_t WatchHistory::compacted() const {
  absl::ReaderMutexLock lock(&mutex_);
  return compacted_;
}

void WatchHistory::Compact(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  compacted_ = std::max(compacted_, revision);
}

absl::Status WatchHistory::Update(int64_t head, absl::Time now, const ReadEntries& read) {
  if (options_.revisions > 0) Compact(head - options_.revisions);
  if (options_.age <= absl::ZeroDuration()) return absl::OkStatus();
  const absl::StatusOr<int64_t> last = LastBefore(now - options_.age, compacted(), head, read);
  if (last.ok()) Compact(*last);
  return last.status();
}

}  // namespace vigil::registry
