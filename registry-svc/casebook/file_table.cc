#include "registry-svc/casebook/file_table.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/shard/shard.h"

namespace vigil::registry {

FileTable::FileTable() {
  auto shard = std::make_shared<Shard>();
  shard->buckets.assign(1, std::make_shared<const Bucket>());
  shards_.fill(std::move(shard));
}

size_t FileTable::HashOf(std::string_view name) { return std::hash<std::string_view>()(name); }

size_t FileTable::BucketOf(size_t hash, size_t buckets) { return hash & (buckets - 1); }

FileTable::Bucket::const_iterator FileTable::FirstOf(const Bucket& bucket, size_t hash) {
  return std::lower_bound(bucket.begin(), bucket.end(), hash,
                          [](const Slot& slot, size_t wanted) { return slot.hash < wanted; });
}

PackedPtr FileTable::Find(std::string_view name) const {
  const size_t hash = HashOf(name);
  const Shard& shard = *shards_[ShardOf(name, kShards)];
  const Bucket& bucket = *shard.buckets[BucketOf(hash, shard.buckets.size())];
  auto at = FirstOf(bucket, hash);
  for (; at != bucket.end() && at->hash == hash; ++at) {
    if (at->file->name == name) return at->file;
  }
  return nullptr;
}

// A copy with as many buckets as `files` files need.
std::shared_ptr<FileTable::Shard> FileTable::Grown(const Shard& shard, size_t files) {
  auto out = std::make_shared<Shard>(shard);
  size_t count = shard.buckets.size();
  while (count * count < files) count *= 2;
  if (count == shard.buckets.size()) return out;
  std::vector<std::shared_ptr<Bucket>> buckets(count);
  for (auto& bucket : buckets) bucket = std::make_shared<Bucket>();
  for (const auto& bucket : shard.buckets) {
    for (const Slot& slot : *bucket) buckets[BucketOf(slot.hash, count)]->push_back(slot);
  }
  out->buckets.assign(buckets.begin(), buckets.end());
  return out;
}

// Adds or replaces; true where the name is new.
bool FileTable::PutInBucket(const PackedPtr& file, Bucket& bucket) {
  const size_t hash = HashOf(file->name);
  auto at = FirstOf(bucket, hash);
  for (; at != bucket.end() && at->hash == hash; ++at) {
    if (at->file->name != file->name) continue;
    bucket[at - bucket.begin()].file = file;
    return false;
  }
  bucket.insert(at, {.hash = hash, .file = file});
  return true;
}

void FileTable::PutInShard(int shard, const std::vector<const PackedPtr*>& files) {
  std::shared_ptr<Shard> out = Grown(*shards_[shard], shards_[shard]->files + files.size());
  // Copied once, however many of the files they get.
  std::vector<std::shared_ptr<Bucket>> copies(out->buckets.size());
  for (const PackedPtr* file : files) {
    const size_t at = BucketOf(HashOf((*file)->name), copies.size());
    if (!copies[at]) copies[at] = std::make_shared<Bucket>(*out->buckets[at]);
    if (!PutInBucket(*file, *copies[at])) continue;
    ++out->files;
    ++size_;
  }
  for (size_t i = 0; i < copies.size(); ++i) {
    if (copies[i]) out->buckets[i] = std::move(copies[i]);
  }
  shards_[shard] = std::move(out);
}

void FileTable::Put(const std::vector<PackedPtr>& files) {
  std::array<std::vector<const PackedPtr*>, kShards> by_shard;
  for (const PackedPtr& file : files) by_shard[ShardOf(file->name, kShards)].push_back(&file);
  for (int shard = 0; shard < kShards; ++shard) {
    if (!by_shard[shard].empty()) PutInShard(shard, by_shard[shard]);
  }
}

}  // namespace vigil::registry
