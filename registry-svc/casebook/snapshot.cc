#include "registry-svc/casebook/snapshot.h"

#include <algorithm>
#include <tuple>

#include "common/shard/shard.h"

namespace vigil::registry {

Snapshot::Snapshot()
    : settings_(std::make_shared<const Settings>()), lists_(std::make_unique<Lists>()) {
  const auto empty = std::make_shared<const Bucket>();
  auto shard = std::make_shared<Shard>();
  shard->buckets.fill(empty);
  shards_.fill(std::move(shard));
}

Snapshot::Snapshot(const Snapshot& other)
    : revision_(other.revision_),
      hash_(other.hash_),
      accesses_(other.accesses_),
      file_count_(other.file_count_),
      settings_(other.settings_),
      shards_(other.shards_),
      lists_(std::make_unique<Lists>()) {}

int Snapshot::BucketOf(std::string_view name) {
  // The upper bits: the map inside the bucket goes by the lower ones.
  return static_cast<int>(NameHash()(name) >> 40) % kBuckets;
}

FilePtr Snapshot::Find(std::string_view name) const {
  const Bucket& bucket = *shards_[ShardOf(name, kShards)]->buckets[BucketOf(name)];
  const auto at = bucket.find(name);
  return at == bucket.end() ? nullptr : at->second;
}

void Snapshot::Put(const std::vector<FilePtr>& files) {
  std::map<std::pair<int, int>, std::vector<const FilePtr*>> by_bucket;
  for (const FilePtr& file : files) {
    by_bucket[{ShardOf(file->name(), kShards), BucketOf(file->name())}].push_back(&file);
  }
  for (const auto& [place, members] : by_bucket) {
    auto shard = std::make_shared<Shard>(*shards_[place.first]);
    auto bucket = std::make_shared<Bucket>(*shard->buckets[place.second]);
    for (const FilePtr* file : members) {
      FilePtr& slot = (*bucket)[(*file)->name()];
      if (!slot) ++file_count_;
      slot = *file;
    }
    shard->buckets[place.second] = std::move(bucket);
    shards_[place.first] = std::move(shard);
  }
}

void Snapshot::SetHead(int64_t revision, std::string hash) {
  revision_ = revision;
  hash_ = std::move(hash);
}

const Snapshot::Lists& Snapshot::SortedLists() const {
  absl::call_once(lists_->once, [this] {
    ForEach([this](const FilePtr& file) {
      (file->record ? lists_->cases : lists_->dossiers).push_back(file);
    });
    const auto by_title = [](const FilePtr& a, const FilePtr& b) {
      const auto key = [](const CaseFile& file) {
        return std::tie(file.record ? file.record->display_name() : file.dossier->display_name(),
                        file.name());
      };
      return key(*a) < key(*b);
    };
    std::sort(lists_->cases.begin(), lists_->cases.end(), by_title);
    std::sort(lists_->dossiers.begin(), lists_->dossiers.end(), by_title);
  });
  return *lists_;
}

const std::vector<FilePtr>& Snapshot::Cases() const { return SortedLists().cases; }
const std::vector<FilePtr>& Snapshot::Dossiers() const { return SortedLists().dossiers; }

}  // namespace vigil::registry
