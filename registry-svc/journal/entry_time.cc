#include "registry-svc/journal/entry_time.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

namespace vigil::registry {

absl::StatusOr<absl::Time> TimeOf(int64_t revision, const ReadEntries& read) {
  const absl::StatusOr<std::vector<JournalEntry>> entries = read(revision - 1, 1, 1);
  if (!entries.ok()) return entries.status();
  v1::Change change;
  if (entries->empty() || !change.ParseFromString(entries->front().payload)) {
    return absl::DataLossError(fmt::format("journal: revision {} cannot be read", revision));
  }
  return absl::FromUnixNanos(
      google::protobuf::util::TimeUtil::TimestampToNanoseconds(change.time()));
}

absl::StatusOr<int64_t> LastBefore(absl::Time time, int64_t floor, int64_t head,
                                   const ReadEntries& read) {
  int64_t before = floor;
  int64_t after = head + 1;
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    const absl::StatusOr<absl::Time> committed = TimeOf(middle, read);
    if (!committed.ok()) return committed.status();
    (*committed < time ? before : after) = middle;
  }
  return before;
}

}  // namespace vigil::registry
