// The table of search keys in the SQLite store: written within its commits, read on a connection of
// its own, so that a long search keeps no other read waiting.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

// Reads from a file on, by the index by file. With a bare `field` the planner would take the table,
// which has the field first, and sort all keys of the field for each page.
inline constexpr char kKeysFromFile[] =
    "SELECT field, key, file FROM search_keys WHERE file>=? AND +field=? "
    "ORDER BY file, field, key LIMIT ?";

class SearchTable {
 public:
  // `writer` is the store's writing connection to the database at `path`; it outlives this.
  static absl::StatusOr<std::unique_ptr<SearchTable>> Open(Database& writer,
                                                           const std::string& path);

  // A batch's part of it. On the thread that commits, within the transaction.
  absl::Status Write(const Batch& batch);

  // See Store. From any thread.
  absl::StatusOr<std::vector<SearchKey>> FindKeys(const std::vector<KeyLookup>& lookups, int limit);
  absl::StatusOr<std::vector<SearchKey>> KeysOf(const std::vector<std::string>& files,
                                                const std::vector<int>& fields);
  absl::StatusOr<std::vector<SearchKey>> KeysFrom(const std::string& file, int field, int limit);

 private:
  explicit SearchTable(Database reader) : reader_(std::move(reader)) {}
  absl::Status Prepare(Database& writer);
  absl::Status LookUp(const KeyLookup& lookup, int64_t limit, std::vector<SearchKey>& keys)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Of the writing connection.
  Statement clear_, put_, remove_;

  absl::Mutex mutex_;
  Database reader_ ABSL_GUARDED_BY(mutex_);
  Statement begin_ ABSL_GUARDED_BY(mutex_);
  Statement end_ ABSL_GUARDED_BY(mutex_);
  Statement whole_ ABSL_GUARDED_BY(mutex_);
  Statement beginning_ ABSL_GUARDED_BY(mutex_);
  Statement of_file_ ABSL_GUARDED_BY(mutex_);
  Statement from_file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
