#include "registry-svc/rpc/parts.h"

#include <algorithm>

#include "common/shard/shard.h"
#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

constexpr size_t kPartBytes = 512 << 10;

std::vector<PackedPtr> FilesByName(const Snapshot& snapshot) {
  std::vector<PackedPtr> files;
  snapshot.ForEachPacked([&](const PackedPtr& file) { files.push_back(file); });
  std::sort(files.begin(), files.end(),
            [](const PackedPtr& a, const PackedPtr& b) { return a->name < b->name; });
  return files;
}

}  // namespace

SnapshotParts::SnapshotParts(std::shared_ptr<const Snapshot> snapshot, std::set<int> topics)
    : snapshot_(std::move(snapshot)),
      topics_(std::move(topics)),
      record_(snapshot_->settings().records.begin()),
      files_(FilesByName(*snapshot_)) {}

void SnapshotParts::AddSettings(v1::Change& part) {
  if (Wants(v1::TOPIC_RULES)) {
    *part.add_items()->mutable_rules_activated() = snapshot_->settings().rules;
  }
  if (!Wants(v1::TOPIC_RECEIPTS)) return;
  for (const auto& [shard, receipts] : snapshot_->settings().loose_receipts) {
    receipts->AppendTo(receipts_);
  }
}

size_t SnapshotParts::AddReceipts(v1::Change& part) {
  if (next_receipt_ == receipts_.size()) return 0;
  v1::ReceiptsRecorded& item = *part.add_items()->mutable_receipts_recorded();
  size_t bytes = 0;
  while (next_receipt_ < receipts_.size() && bytes < kPartBytes) {
    bytes += receipts_[next_receipt_].ByteSizeLong();
    *item.add_receipts() = std::move(receipts_[next_receipt_++]);
  }
  if (next_receipt_ == receipts_.size()) {
    receipts_.clear();
    next_receipt_ = 0;
  }
  return bytes;
}

size_t SnapshotParts::AddWaiting(v1::Change& part) {
  size_t bytes = 0;
  while (next_deadlines_ < deadlines_.size() && bytes < kPartBytes) {
    v1::DeadlinesChanged& item = deadlines_[next_deadlines_++];
    bytes += item.ByteSizeLong();
    *part.add_items()->mutable_deadlines_changed() = std::move(item);
  }
  if (next_deadlines_ < deadlines_.size()) return bytes;
  deadlines_.clear();
  next_deadlines_ = 0;
  return bytes < kPartBytes ? bytes + AddReceipts(part) : bytes;
}

size_t SnapshotParts::AddFile(const CaseFile& file, v1::Change& part) {
  if (Wants(v1::TOPIC_RECEIPTS)) file.receipts->AppendTo(receipts_);
  if (!Wants(v1::TOPIC_CASES) || (file.deleted() && receipts_.empty())) return 0;
  v1::ChangeItem& item = *part.add_items();
  if (file.record) {
    item.mutable_case_changed()->set_kind(file.deleted() ? v1::CaseChanged::KIND_DELETED
                                                         : v1::CaseChanged::KIND_UPDATED);
    *item.mutable_case_changed()->mutable_case_() = ToldCase(*file.present);
  } else {
    *item.mutable_dossier_changed()->mutable_dossier() = *file.dossier;
  }
  v1::DeadlinesChanged all;
  all.set_parent(file.name());
  for (size_t i = 0; i < file.present->derived.deadlines.size(); ++i) {
    *all.add_after() = ToldDeadline(*file.present, i);
  }
  if (!all.after().empty()) deadlines_ = InItems(std::move(all));
  return item.ByteSizeLong();
}

bool SnapshotParts::Next(v1::Change& part) {
  part.Clear();
  part.set_revision(snapshot_->revision());
  if (!told_settings_) {
    told_settings_ = true;
    AddSettings(part);
  }
  size_t bytes = AddWaiting(part);
  const RecordMap& records = snapshot_->settings().records;
  while (Wants(v1::TOPIC_SETTINGS) && record_ != records.end() && bytes < kPartBytes) {
    *part.add_items()->mutable_record_changed()->mutable_record() = *record_->second;
    bytes += record_->second->ByteSizeLong();
    ++record_;
  }
  while (deadlines_.empty() && receipts_.empty() && next_file_ < files_.size() &&
         bytes < kPartBytes) {
    bytes += AddFile(*snapshot_->Scan(files_[next_file_++]), part);
    bytes += AddWaiting(part);
  }
  return part.items_size() > 0;
}

ShardParts::ShardParts(std::shared_ptr<const Snapshot> snapshot, int shard, int shard_count,
                       const PartBounds& bounds)
    : snapshot_(std::move(snapshot)), shard_(shard), bounds_(bounds) {
  const auto add = [this](const PackedPtr& file) {
    if (!file->deleted) files_.push_back(file);
  };
  if (shard_count != Snapshot::kShards) {
    snapshot_->ForEachPacked([&](const PackedPtr& file) {
      if (ShardOf(file->name, shard_count) == shard) add(file);
    });
    return;
  }
  snapshot_->ForEachInShard(shard, add);
  const auto& loose = snapshot_->settings().loose_receipts;
  if (const auto at = loose.find(shard); at != loose.end()) {
    at->second->AppendTo(receipts_);
  }
}

void ShardParts::Load() {
  deadlines_.erase(deadlines_.begin(), deadlines_.begin() + static_cast<long>(next_deadline_));
  receipts_.erase(receipts_.begin(), receipts_.begin() + static_cast<long>(next_receipt_));
  next_deadline_ = next_receipt_ = 0;
  const size_t rows = static_cast<size_t>(bounds_.rows);
  while (next_file_ < files_.size() && deadlines_.size() < rows && receipts_.size() < rows) {
    const FilePtr file = snapshot_->Scan(files_[next_file_++]);
    for (size_t i = 0; i < file->present->derived.deadlines.size(); ++i) {
      deadlines_.push_back(ToldDeadline(*file->present, i));
    }
    file->receipts->AppendTo(receipts_);
  }
}

bool ShardParts::Next(v1::StreamShardResponse& part) {
  part.Clear();
  part.set_revision(snapshot_->revision());
  part.set_hash(snapshot_->hash());
  Load();
  size_t bytes = 0;
  while (next_deadline_ < deadlines_.size() && part.deadlines_size() < bounds_.rows &&
         bytes < bounds_.bytes) {
    bytes += deadlines_[next_deadline_].ByteSizeLong();
    *part.add_deadlines() = std::move(deadlines_[next_deadline_++]);
  }
  while (next_receipt_ < receipts_.size() && part.receipts_size() < bounds_.rows &&
         bytes < bounds_.bytes) {
    bytes += receipts_[next_receipt_].ByteSizeLong();
    *part.add_receipts() = std::move(receipts_[next_receipt_++]);
  }
  if (!first_) return part.deadlines_size() + part.receipts_size() > 0;
  first_ = false;
  const auto& positions = snapshot_->settings().positions;
  if (const auto at = positions.find(shard_); at != positions.end()) {
    *part.mutable_position() = at->second;
  }
  return true;
}

}  // namespace vigil::registry
