// Files by name, in a table whose copies share what they have in common.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "registry-svc/casebook/packed_file.h"

namespace vigil::registry {

// A copy costs 64 pointers. A change of one file among n then copies its shard's buckets (√(n/64)
// pointers) and its bucket (as many again): at a million files about 250 pointers. Thread-safe as
// far as it is const.
class FileTable {
 public:
  // Shards of the alert engine, by ShardOf of the file's name.
  static constexpr int kShards = 64;

  FileTable();

  // Null where there is none.
  PackedPtr Find(std::string_view name) const;
  int64_t size() const { return size_; }

  // Adds files, in the place of those of the same name; no name twice in one call. Many at once
  // cost less than one by one.
  void Put(const std::vector<PackedPtr>& files);

  // Calls `visit(const PackedPtr&)` for each file of a shard, in no particular order.
  template <class Visit>
  void ForEachInShard(int shard, Visit visit) const {
    for (const auto& bucket : shards_[shard]->buckets) {
      for (const Slot& slot : *bucket) visit(slot.file);
    }
  }

 private:
  struct Slot {
    size_t hash = 0;
    PackedPtr file;
  };
  // By hash.
  using Bucket = std::vector<Slot>;
  struct Shard {
    size_t files = 0;
    // A power of two; grows with the square root of the files.
    std::vector<std::shared_ptr<const Bucket>> buckets;
  };

  static size_t HashOf(std::string_view name);
  static size_t BucketOf(size_t hash, size_t buckets);
  static Bucket::const_iterator FirstOf(const Bucket& bucket, size_t hash);
  static bool PutInBucket(const PackedPtr& file, Bucket& bucket);
  static std::shared_ptr<Shard> Grown(const Shard& shard, size_t files);
  void PutInShard(int shard, const std::vector<const PackedPtr*>& files);

  int64_t size_ = 0;
  std::array<std::shared_ptr<const Shard>, kShards> shards_;
};

}  // namespace vigil::registry
