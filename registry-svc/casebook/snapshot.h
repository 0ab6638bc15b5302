// All that the registry serves, as of one revision. Immutable: a reader keeps one as long as it
// likes, and sees one state throughout.
//
// Memory: about 2 KB a case, 1 KB a fact, 1.5 KB a deadline and 400 bytes a receipt, all of them
// held. Snapshots share whatever did not change between them: a change of one file copies 64 + 16
// pointers and the file's bucket, a thousandth of all files.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/base/call_once.h"
#include "registry-svc/casebook/case_file.h"
#include "registry-svc/journal/entry.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

using FilePtr = std::shared_ptr<const CaseFile>;
using RecordMap = std::map<std::string, std::shared_ptr<const v1::Record>, std::less<>>;

// What is not about a case.
struct Settings {
  RecordMap records;
  // Last recorded stream position of each shard.
  std::map<int, v1::ShardPosition> positions;
  // Receipts without a case (digests), by the shard whose stream brought them.
  std::map<int, std::shared_ptr<const ReceiptList>> loose_receipts;
  v1::RulesActivated rules;
};

class Snapshot {
 public:
  // Shards of the alert engine, by ShardOf of the file's name.
  static constexpr int kShards = 64;

  Snapshot();
  // The same state, to be changed and then shared. The lists are made anew.
  Snapshot(const Snapshot& other);
  Snapshot& operator=(const Snapshot&) = delete;

  int64_t revision() const { return revision_; }
  // Hash of the revision's entry.
  const std::string& hash() const { return hash_; }
  // The end of the access trail.
  const ChainEnd& accesses() const { return accesses_; }
  const Settings& settings() const { return *settings_; }

  // The file of a name; null where there is none.
  FilePtr Find(std::string_view name) const;
  // Live and deleted cases by display name, then name. Sorted on first use: n log n.
  const std::vector<FilePtr>& Cases() const;
  // Dossiers by display name, then name.
  const std::vector<FilePtr>& Dossiers() const;
  // Cases and dossiers, deleted ones too.
  int64_t file_count() const { return file_count_; }

  // Calls `visit(const FilePtr&)` for each file (of one shard), in no particular order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (int shard = 0; shard < kShards; ++shard) ForEachInShard(shard, visit);
  }
  template <class Visit>
  void ForEachInShard(int shard, Visit visit) const {
    for (const auto& bucket : shards_[shard]->buckets) {
      for (const auto& [name, file] : *bucket) visit(file);
    }
  }

  // Only before the snapshot is shared.
  void Put(const std::vector<FilePtr>& files);
  void SetSettings(std::shared_ptr<const Settings> settings) { settings_ = std::move(settings); }
  void SetHead(int64_t revision, std::string hash);
  void SetAccesses(ChainEnd end) { accesses_ = std::move(end); }

 private:
  static constexpr int kBuckets = 16;
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  using Bucket = std::unordered_map<std::string, FilePtr, NameHash, std::equal_to<>>;
  struct Shard {
    std::array<std::shared_ptr<const Bucket>, kBuckets> buckets;
  };
  struct Lists {
    absl::once_flag once;
    std::vector<FilePtr> cases, dossiers;
  };

  static int BucketOf(std::string_view name);
  const Lists& SortedLists() const;

  int64_t revision_ = 0;
  std::string hash_;
  ChainEnd accesses_;
  int64_t file_count_ = 0;
  std::shared_ptr<const Settings> settings_;
  std::array<std::shared_ptr<const Shard>, kShards> shards_;
  std::unique_ptr<Lists> lists_;
};

}  // namespace vigil::registry
