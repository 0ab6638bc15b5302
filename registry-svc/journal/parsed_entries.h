// Entries of the journal as reads of the past need them: parsed, and their items found by file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/journal/entry_time.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

struct ParsedEntry {
  // With those items alone that tell of a file (touched.h).
  v1::Change change;
  // Items by file, in their order.
  std::unordered_map<std::string, std::vector<const v1::ChangeItem*>> items;
};

// Reads entries, and keeps those that were read lately: an import is one entry, which every case in
// it is read from. Thread-safe; goes to disk.
class ParsedEntries {
 public:
  using EntryPtr = std::shared_ptr<const ParsedEntry>;

  // `bytes` bound each of two generations that are kept, by the size on disk; parsed, an entry
  // takes a multiple of that. The last entry is kept whatever its size.
  explicit ParsedEntries(ReadEntries read, size_t bytes = 16 << 20)
      : read_(std::move(read)), bytes_(bytes) {}

  // The errors of `read`, and DATA_LOSS for an entry that is not there or cannot be read.
  absl::StatusOr<EntryPtr> Read(int64_t revision);

 private:
  struct Kept {
    EntryPtr entry;
    size_t bytes = 0;
  };
  using Generation = std::unordered_map<int64_t, Kept>;

  Kept Find(int64_t revision);
  void Keep(int64_t revision, Kept kept);

  const ReadEntries read_;
  const size_t bytes_;
  absl::Mutex mutex_;
  Generation young_ ABSL_GUARDED_BY(mutex_);
  Generation old_ ABSL_GUARDED_BY(mutex_);
  size_t young_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace vigil::registry
