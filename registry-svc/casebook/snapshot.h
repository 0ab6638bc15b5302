// All that the registry serves, as of one revision. Immutable: a reader keeps one as long as it
// likes, and sees one state throughout.
//
// Memory: files lie here packed (packed_file.h); those that were read or changed last are also held
// as they are worked with, in one cache for all snapshots (file_cache.h). Snapshots share whatever
// did not change between them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry-svc/casebook/case_file.h"
#include "registry-svc/casebook/file_cache.h"
#include "registry-svc/casebook/file_table.h"
#include "registry-svc/journal/entry.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

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
  static constexpr int kShards = FileTable::kShards;

  explicit Snapshot(std::shared_ptr<FileCache> cache)
      : cache_(std::move(cache)), settings_(std::make_shared<const Settings>()) {}
  // A copy is the same state, to be changed and then shared.

  int64_t revision() const { return revision_; }
  // Hash of the revision's entry.
  const std::string& hash() const { return hash_; }
  // The end of the access trail.
  const ChainEnd& accesses() const { return accesses_; }
  const Settings& settings() const { return *settings_; }

  // The file of a name, from the cache or derived; null where there is none.
  FilePtr Find(std::string_view name) const;
  PackedPtr FindPacked(std::string_view name) const { return files_.Find(name); }
  // Cases and dossiers, deleted ones too.
  int64_t file_count() const { return files_.size(); }

  // Calls `visit(const PackedPtr&)` for each file (of one shard), in no particular order.
  template <class Visit>
  void ForEachPacked(Visit visit) const {
    for (int shard = 0; shard < kShards; ++shard) files_.ForEachInShard(shard, visit);
  }
  template <class Visit>
  void ForEachInShard(int shard, Visit visit) const {
    files_.ForEachInShard(shard, visit);
  }
  // A file of this snapshot, for reads of very many: the cache gets it where there is room.
  FilePtr Scan(const PackedPtr& packed) const { return cache_->Scan(packed); }
  // Likewise for one that is shown: kept from now on, as Find does.
  FilePtr Open(const PackedPtr& packed) const { return cache_->Get(packed); }
  // Calls `visit(const FilePtr&)` for each file, most of which are derived for it.
  template <class Visit>
  void ForEach(Visit visit) const {
    ForEachPacked([&](const PackedPtr& packed) { visit(Scan(packed)); });
  }

  // What the cache of all snapshots keeps now.
  size_t cache_bytes() const { return cache_->bytes(); }

  // Only before the snapshot is shared.
  void Put(const std::vector<PackedPtr>& files) { files_.Put(files); }
  // Gives the cache a file that was just packed.
  void Keep(const FileChange& change, FilePtr file) {
    cache_->Put(change.after, std::move(file), change.before);
  }
  // Likewise one that only the day turned: only where it was in use.
  void KeepTurned(const FileChange& change, FilePtr file) {
    cache_->Replace(change.after, std::move(file), change.before);
  }
  void SetSettings(std::shared_ptr<const Settings> settings) { settings_ = std::move(settings); }
  void SetHead(int64_t revision, std::string hash);
  void SetAccesses(ChainEnd end) { accesses_ = std::move(end); }

 private:
  std::shared_ptr<FileCache> cache_;
  FileTable files_;
  int64_t revision_ = 0;
  std::string hash_;
  ChainEnd accesses_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace vigil::registry
