#include "registry-svc/journal/history.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

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

absl::Status WatchHistory::Update(int64_t head, absl::Time now, const Read& read) {
  if (options_.revisions > 0) Compact(head - options_.revisions);
  if (options_.age <= absl::ZeroDuration()) return absl::OkStatus();
  const absl::StatusOr<int64_t> last = LastBefore(now - options_.age, head, read);
  if (last.ok()) Compact(*last);
  return last.status();
}

// The last revision of before a time, by bisection: their times do not go back.
absl::StatusOr<int64_t> WatchHistory::LastBefore(absl::Time time, int64_t head,
                                                 const Read& read) const {
  int64_t before = compacted();
  int64_t after = head + 1;
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    const absl::StatusOr<std::vector<JournalEntry>> entries = read(middle - 1, 1, 1);
    if (!entries.ok()) return entries.status();
    v1::Change change;
    if (entries->empty() || !change.ParseFromString(entries->front().payload)) {
      return absl::DataLossError(fmt::format("journal: revision {} cannot be read", middle));
    }
    const int64_t nanos = google::protobuf::util::TimeUtil::TimestampToNanoseconds(change.time());
    (absl::FromUnixNanos(nanos) < time ? before : after) = middle;
  }
  return before;
}

}  // namespace vigil::registry
