// Big answers in parts: the present state for a watcher, and a shard for a sweep.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "registry-svc/casebook/snapshot.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// The present state in the form of changes, each part well below the 4 MiB that a client takes: the
// rules, then records, then each file with its case, its deadlines and its receipts. A deleted
// file is told, as deleted, where it has receipts and they are wanted: it may come back, and what
// was told was told.
class SnapshotParts {
 public:
  // Empty `topics`: all.
  SnapshotParts(std::shared_ptr<const Snapshot> snapshot, std::set<int> topics);

  const Snapshot& snapshot() const { return *snapshot_; }
  // Fills in the next part; false when all is told.
  bool Next(v1::Change& part);

 private:
  bool Wants(v1::Topic topic) const { return topics_.empty() || topics_.contains(topic); }
  void AddSettings(v1::Change& part);
  // These return the bytes taken.
  size_t AddFile(const CaseFile& file, v1::Change& part);
  size_t AddWaiting(v1::Change& part);
  size_t AddReceipts(v1::Change& part);

  const std::shared_ptr<const Snapshot> snapshot_;
  const std::set<int> topics_;
  RecordMap::const_iterator record_;
  std::vector<PackedPtr> files_;
  size_t next_file_ = 0;
  bool told_settings_ = false;
  // To be told before the next file, the deadlines first.
  std::vector<v1::DeadlinesChanged> deadlines_;
  size_t next_deadlines_ = 0;
  std::vector<v1::Receipt> receipts_;
  size_t next_receipt_ = 0;
};

// What a part of a shard holds at most: rows of either kind, and bytes but for the row that reaches
// them.
struct PartBounds {
  int rows = 1000;
  size_t bytes = size_t{512} << 10;
};

// The deadlines of a shard's live files, and the receipts of those deadlines; receipts without a
// case come with the shard whose stream brought them. At least one part.
class ShardParts {
 public:
  ShardParts(std::shared_ptr<const Snapshot> snapshot, int shard, int shard_count,
             const PartBounds& bounds = {});

  // Fills in the next part; false when all is told.
  bool Next(v1::StreamShardResponse& part);

 private:
  // Takes the next file's deadlines and receipts.
  void Load();

  const std::shared_ptr<const Snapshot> snapshot_;
  const int shard_;
  const PartBounds bounds_;
  std::vector<PackedPtr> files_;
  size_t next_file_ = 0;
  std::vector<v1::Deadline> deadlines_;
  std::vector<v1::Receipt> receipts_;
  size_t next_deadline_ = 0, next_receipt_ = 0;
  bool first_ = true;
};

}  // namespace vigil::registry
