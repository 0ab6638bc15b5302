#include "registry-svc/casebook/loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "registry-svc/casebook/deadline_difference.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

// Files that a thread takes at a time.
constexpr size_t kTaken = 64;

absl::Status Damaged(std::string_view name, std::string_view what) {
  return absl::DataLossError(fmt::format("{} {}: restore the database from a backup", name, what));
}

void Add(const v1::Receipt& receipt, std::shared_ptr<ReceiptList>& list) {
  if (!list) list = std::make_shared<ReceiptList>();
  list->Add(receipt);
}

}  // namespace

absl::Status Loader::TakeCase(v1::Case record) {
  PackedFile& packed = *files_[record.name()].packed;
  packed.name = record.name();
  packed.display_name = record.display_name();
  packed.deleted = record.has_delete_time();
  packed.record = record.SerializeAsString();
  return absl::OkStatus();
}

absl::Status Loader::TakeDossier(v1::Dossier dossier) {
  PackedFile& packed = *files_[dossier.name()].packed;
  packed.name = dossier.name();
  packed.display_name = dossier.display_name();
  packed.dossier = true;
  packed.deleted = dossier.has_delete_time();
  packed.record = dossier.SerializeAsString();
  return absl::OkStatus();
}

absl::Status Loader::TakeFact(v1::Fact fact) {
  const auto bytes = std::make_shared<const std::string>(fact.SerializeAsString());
  const auto parent = files_.find(ParentOf(fact.name()));
  if (parent == files_.end()) return Damaged(fact.name(), "has no case");
  parent->second.packed->own.push_back(bytes);
  for (const std::string& name : fact.concerns()) {
    const auto other = files_.find(name);
    if (other == files_.end()) continue;
    // Older databases may hold facts that name a case twice.
    std::vector<PackedFact>& foreign = other->second.packed->foreign;
    if (foreign.empty() || foreign.back() != bytes) foreign.push_back(bytes);
  }
  return absl::OkStatus();
}

absl::Status Loader::TakeReceipt(StoredReceipt stored) {
  const std::string& parent = stored.receipt.parent();
  if (parent.empty()) {
    if (stored.shard >= 0) Add(stored.receipt, loose_[stored.shard]);
  } else if (const auto file = files_.find(parent); file != files_.end()) {
    Add(stored.receipt, file->second.receipts);
  }
  return absl::OkStatus();
}

absl::Status Loader::TakeToldPrint(std::string_view name, uint64_t print) {
  const auto file = files_.find(std::string(name));
  if (file != files_.end()) file->second.told_print = print;
  return absl::OkStatus();
}

absl::Status Loader::Derive(Loading& loading) const {
  static const auto* const kNone =
      new std::shared_ptr<const ReceiptList>(std::make_shared<const ReceiptList>());
  PackedFile& packed = *loading.packed;
  packed.own.shrink_to_fit();
  packed.foreign.shrink_to_fit();
  packed.receipts = loading.receipts ? std::move(loading.receipts) : *kNone;
  absl::StatusOr<CaseFile> file = Unpack(packed);
  if (!file.ok()) return file.status();
  v1::Case told;
  if (file->record) {
    told = *file->record;
    // What was told of it is derived again.
    auto record = std::make_shared<v1::Case>(told);
    ClearDerived(*record);
    packed.record = record->SerializeAsString();
    file->record = std::move(record);
  }
  file->present =
      std::make_shared<const DayReading>(ReadOn(*file, rules_, LocalDay(now_, file->zone)));
  const DayReading& reading = *file->present;
  PackReading(reading, packed);
  packed.told_print = {.situation = PrintOf(ToldCase(reading)),
                       .deadlines = Printed(reading).print()};
  packed.untold =
      IsToldAnew(told, ToldCase(reading)) || packed.told_print.deadlines != loading.told_print;
  if (packed.untold) packed.until = absl::InfinitePast();
  return absl::OkStatus();
}

std::shared_ptr<const Settings> Loader::MakeSettings(Contents& contents) const {
  auto settings = std::make_shared<Settings>();
  for (v1::Record& record : contents.records) {
    auto shared = std::make_shared<const v1::Record>(std::move(record));
    settings->records[shared->name()] = shared;
  }
  for (v1::ShardPosition& position : contents.positions) {
    settings->positions[position.shard()] = position;
  }
  for (const auto& [shard, list] : loose_) settings->loose_receipts[shard] = list;
  // Kept by this program; one that cannot be read is told of anew.
  (void)settings->rules.ParseFromString(contents.meta[kMetaVocabularies]);
  settings->rules.set_rules_version(contents.meta[kMetaRules]);
  settings->rules.set_calendar_version(contents.meta[kMetaCalendars]);
  return settings;
}

absl::Status Loader::DeriveAll() {
  std::vector<Loading*> files;
  files.reserve(files_.size());
  for (auto& [name, loading] : files_) files.push_back(&loading);
  std::atomic<size_t> taken = 0;
  const auto work = [&](absl::Status& status) {
    for (size_t begin; status.ok() && (begin = taken.fetch_add(kTaken)) < files.size();) {
      const size_t end = std::min(begin + kTaken, files.size());
      for (size_t i = begin; i < end && status.ok(); ++i) status = Derive(*files[i]);
    }
  };
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  std::vector<absl::Status> statuses(std::min(processors, files.size() / kTaken + 1));
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < statuses.size(); ++i) {
    helpers.emplace_back([&, i] { work(statuses[i]); });
  }
  work(statuses[0]);
  for (std::thread& helper : helpers) helper.join();
  absl::Status first;
  for (const absl::Status& status : statuses) first.Update(status);
  return first;
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Loader::Finish(Contents contents) {
  if (absl::Status s = DeriveAll(); !s.ok()) return s;
  std::vector<PackedPtr> files;
  files.reserve(files_.size());
  for (auto& [name, loading] : files_) files.push_back(std::move(loading.packed));
  files_.clear();
  auto snapshot = std::make_shared<Snapshot>(cache_);
  snapshot->Put(files);
  snapshot->SetSettings(MakeSettings(contents));
  snapshot->SetHead(contents.revision, contents.hash);
  snapshot->SetAccesses(contents.accesses);
  return snapshot;
}

std::string CalendarVersion(const RuleBook& rules) {
  // The packs' version covers the calendars; what it does not cover is the machine's zone data.
  std::ifstream zones("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  std::getline(zones, line);
  return fmt::format("{} {}", rules.version(), line.empty() ? "# version unknown" : line);
}

}  // namespace vigil::registry
