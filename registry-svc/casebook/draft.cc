#include "registry-svc/casebook/draft.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

google::protobuf::Timestamp ToProto(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

template <class T>
void Append(std::vector<T>& to, std::vector<T>& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

void Draft::BeginStep(Origin origin, absl::Time now) {
  now_ = now;
  step_ = Step();
  step_.origin = std::move(origin);
}

void Draft::AbandonStep() { step_ = Step(); }

FilePtr Draft::Find(std::string_view name) const {
  if (const auto at = step_.files.find(name); at != step_.files.end()) {
    return FilePtr(std::shared_ptr<void>(), &at->second.file);
  }
  if (const auto at = files_.find(std::string(name)); at != files_.end()) return at->second;
  return base_->Find(name);
}

void Draft::Change(CaseFile file, std::optional<v1::CaseChanged::Kind> kind) {
  std::string name = file.name();
  Touched& touched = step_.files[std::move(name)];
  touched.file = std::move(file);
  touched.changed = true;
  touched.derive = true;
  if (kind) touched.kind = kind;
}

PackedPtr Draft::FindUntouched(std::string_view name) const {
  if (step_.files.contains(name) || files_.contains(std::string(name))) return nullptr;
  return base_->FindPacked(name);
}

void Draft::Turn(CaseFile file, std::shared_ptr<const Told> told) {
  std::string name = file.name();
  Touched& touched = step_.files[std::move(name)];
  touched.file = std::move(file);
  touched.derive = true;
  touched.told = std::move(told);
}

void Draft::ReplaceReceipts(const CaseFile& file, std::shared_ptr<const ReceiptList> receipts) {
  CaseFile changed = file;
  changed.receipts = std::move(receipts);
  step_.files[changed.name()].file = std::move(changed);
}

void Draft::PutFact(const v1::Fact& fact, bool retracted) {
  StoredFact& stored = step_.facts.emplace_back();
  stored.open = fact.confidential() ? Veiled(fact) : fact;
  if (fact.confidential() && !fact.has_erase_time()) {
    stored.sealed =
        store_.vault().Seal(ParentOf(fact.name()), fact.name(), fact.SerializeAsString());
  }
  v1::FactChanged& item = *step_.items.emplace_back().mutable_fact_changed();
  *item.mutable_fact() = stored.open;
  item.set_sealed(stored.sealed);
  item.set_retracted(retracted);
}

void Draft::PutErasure(v1::CaseErased erased) {
  step_.erased.push_back(erased);
  *step_.items.emplace_back().mutable_case_erased() = std::move(erased);
}

const Settings& Draft::settings() const {
  if (step_.settings) return *step_.settings;
  return settings_ ? *settings_ : base_->settings();
}

Settings& Draft::ChangeSettings() {
  if (!step_.settings) step_.settings = std::make_shared<Settings>(settings());
  return *step_.settings;
}

void Draft::PutRecord(const v1::Record& record) {
  std::shared_ptr<const v1::Record>& kept = ChangeSettings().records[record.name()];
  v1::RecordChanged& item = *step_.items.emplace_back().mutable_record_changed();
  if (kept) *item.mutable_before() = *kept;
  *item.mutable_record() = record;
  kept = std::make_shared<const v1::Record>(record);
  step_.records[record.name()] = record;
}

void Draft::DeleteRecord(const v1::Record& record) {
  v1::RecordChanged& item = *step_.items.emplace_back().mutable_record_changed();
  item.mutable_record()->set_name(record.name());
  *item.mutable_record()->mutable_update_time() = ToProto(now_);
  *item.mutable_before() = record;
  item.set_deleted(true);
  step_.records[record.name()] = std::nullopt;
  // Last, as the record may be the one that is erased.
  ChangeSettings().records.erase(item.record().name());
}

void Draft::PutReceipts(std::vector<StoredReceipt> receipts) {
  v1::ReceiptsRecorded& item = *step_.items.emplace_back().mutable_receipts_recorded();
  for (StoredReceipt& stored : receipts) {
    *item.add_receipts() = stored.receipt;
    step_.receipts.push_back(std::move(stored));
  }
}

void Draft::PutPosition(const v1::ShardPosition& position) {
  ChangeSettings().positions[position.shard()] = position;
  step_.positions.push_back(position);
}

void Draft::PutMeta(const std::string& key, std::string value) {
  step_.meta[key] = std::move(value);
}

void Draft::TellRules(const v1::RulesActivated& rules) {
  ChangeSettings().rules = rules;
  *step_.items.emplace_back().mutable_rules_activated() = rules;
}

void Draft::KeepArchive(const std::string& version, std::string body) {
  step_.rule_archives[version] = std::move(body);
}

absl::StatusOr<std::optional<AnsweredRequest>> Draft::FindRequest(const std::string& id) {
  for (const AnsweredRequest& request : rows_.requests) {
    if (request.id == id) return request;
  }
  return store_.FindRequest(id);
}

void Draft::PutRequest(AnsweredRequest request) { step_.requests.push_back(std::move(request)); }

int64_t Draft::revision() const {
  return base_->revision() + static_cast<int64_t>(changes_.size());
}

// A new etag and time of change.
void Draft::Stamp(Touched& touched) {
  const std::string etag = FileEtag(touched.file.name(), prev_hash(), ToProto(now_));
  if (touched.file.record) {
    auto record = std::make_shared<v1::Case>(*touched.file.record);
    record->set_etag(etag);
    *record->mutable_update_time() = ToProto(now_);
    touched.file.record = std::move(record);
  } else {
    auto dossier = std::make_shared<v1::Dossier>(*touched.file.dossier);
    dossier->set_etag(etag);
    *dossier->mutable_update_time() = ToProto(now_);
    touched.file.dossier = std::move(dossier);
  }
}

// Derives a file anew and says what became of it.
void Draft::Settle(Touched& touched, v1::Change& change, std::vector<v1::ChangeItem>& moved) {
  CaseFile& file = touched.file;
  if (touched.changed) {
    Stamp(touched);
    changed_records_.insert(file.name());
  }
  file.untold = false;
  file.present =
      std::make_shared<const DayReading>(ReadOn(file, rules_, LocalDay(now_, file.zone)));
  const v1::Case& told = ToldCase(*file.present);
  const Printed after(*file.present);
  const ToldPrint before_print = file.told_print;
  file.told_print = {.situation = PrintOf(told), .deadlines = after.print()};
  // Most files that a day turns tell nothing: what they were before need not be derived.
  if (!touched.changed && !touched.told && file.told_print == before_print) return;

  const auto earlier = files_.find(file.name());
  const FilePtr before = earlier != files_.end() ? earlier->second : base_->Find(file.name());
  if (earlier == files_.end()) bases_[file.name()] = before;
  if (touched.changed) NoteKeyChanges(before.get(), file, search_keys_);
  const v1::Case* old = touched.told ? &touched.told->record : nullptr;
  if (!old && before) old = &ToldCase(*before->present);
  if (file.record && (touched.kind || (old && IsToldAnew(*old, told)))) {
    changed_records_.insert(file.name());
    v1::CaseChanged& item = *change.add_items()->mutable_case_changed();
    item.set_kind(touched.kind.value_or(v1::CaseChanged::KIND_UPDATED));
    *item.mutable_case_() = told;
    if (old) *item.mutable_before() = *old;
  }
  if (file.dossier && touched.kind) {
    v1::DossierChanged& item = *change.add_items()->mutable_dossier_changed();
    *item.mutable_dossier() = *file.dossier;
    if (before) *item.mutable_before() = *before->dossier;
  }
  if (touched.told) {
    TellDeadlines(file, Printed(touched.told->deadlines), after, true, moved);
  } else {
    TellDeadlines(file, before ? Printed(*before->present) : Printed(), after, false, moved);
  }
}

void Draft::TellDeadlines(const CaseFile& file, const Printed& before, const Printed& after,
                          bool untold, std::vector<v1::ChangeItem>& moved) {
  if (untold || after.print() != before.print()) told_prints_[file.name()] = after.print();
  v1::DeadlinesChanged difference = Difference(file.name(), before, after);
  if (difference.before().empty() && difference.after().empty()) return;
  for (const v1::Deadline& deadline : difference.before()) {
    deadlines_[deadline.name()] = std::nullopt;
  }
  // On disk too they are as they are told, which the next start compares.
  for (const v1::Deadline& deadline : difference.after()) deadlines_[deadline.name()] = deadline;
  for (v1::DeadlinesChanged& item : InItems(std::move(difference))) {
    *moved.emplace_back().mutable_deadlines_changed() = std::move(item);
  }
}

void Draft::Journal(v1::Change change) {
  change.set_revision(revision() + 1);
  *change.mutable_time() = ToProto(now_);
  change.set_actor(step_.origin.actor);
  change.set_request_id(step_.origin.request_id);
  change.set_prev_hash(prev_hash());
  JournalEntry entry = MakeEntry(change);
  changes_.push_back(std::make_shared<const Published>(
      Published{.revision = entry.revision, .hash = entry.hash, .change = std::move(change)}));
  rows_.entries.push_back(std::move(entry));
}

void Draft::KeepAccesses() {
  for (v1::Access& access : step_.accesses) {
    access.set_number(accesses_.number + 1);
    *access.mutable_time() = ToProto(now_);
    access.set_actor(step_.origin.actor);
    access.set_request_id(step_.origin.request_id);
    access.set_prev_hash(accesses_.hash);
    rows_.accesses.push_back(MakeEntry(access));
    accesses_ = {.number = access.number(), .hash = rows_.accesses.back().hash};
  }
}

void Draft::KeepRows() {
  KeepAccesses();
  for (StoredReceipt& receipt : step_.receipts) receipt_ids_.insert(receipt.receipt.id());
  Append(rows_.facts, step_.facts);
  for (const v1::CaseErased& erased : step_.erased) {
    rows_.erased.push_back(erased.parent());
    rows_.erased_keys.insert(rows_.erased_keys.end(), erased.keys().begin(), erased.keys().end());
  }
  Append(rows_.receipts, step_.receipts);
  Append(rows_.positions, step_.positions);
  Append(rows_.requests, step_.requests);
  for (auto& [name, record] : step_.records) records_[name] = std::move(record);
  for (auto& [key, value] : step_.meta) rows_.meta[key] = std::move(value);
  rows_.rule_archives.merge(step_.rule_archives);
}

void Draft::EndStep() {
  v1::Change change;
  std::vector<v1::ChangeItem> moved;
  for (auto& [name, touched] : step_.files) {
    if (touched.derive) Settle(touched, change, moved);
  }
  for (v1::ChangeItem& item : step_.items) *change.add_items() = std::move(item);
  for (v1::ChangeItem& item : moved) *change.add_items() = std::move(item);
  if (change.items_size() > 0) Journal(std::move(change));
  KeepRows();
  for (auto& [name, touched] : step_.files) {
    if (touched.derive && !touched.changed) {
      turned_.insert(name);
    } else {
      turned_.erase(name);
    }
    files_[name] = std::make_shared<const CaseFile>(std::move(touched.file));
  }
  if (step_.settings) settings_ = std::move(step_.settings);
  step_ = Step();
}

Batch Draft::MakeBatch() {
  Batch batch = std::move(rows_);
  for (const std::string& name : changed_records_) {
    const CaseFile& file = *files_.at(name);
    if (file.record) {
      // With the situation as told last, so that a start tells only what changed meanwhile.
      batch.cases.push_back(ToldCase(*file.present));
    } else {
      batch.dossiers.push_back(*file.dossier);
    }
  }
  for (auto& [name, deadline] : deadlines_) {
    if (deadline) {
      batch.deadlines.push_back(std::move(*deadline));
    } else {
      batch.deleted_deadlines.push_back(name);
    }
  }
  batch.told_prints = std::move(told_prints_);
  for (auto& [name, record] : records_) {
    if (record) {
      batch.records.push_back(std::move(*record));
    } else {
      batch.deleted_records.push_back(name);
    }
  }
  for (auto& [key, comes] : search_keys_) {
    (comes ? batch.search_keys : batch.deleted_search_keys).push_back(key);
  }
  batch.forget_requests_before = forget_before_;
  return batch;
}

std::vector<FileChange> Draft::PackFiles() const {
  Packer packer;
  std::vector<FileChange> out;
  out.reserve(files_.size());
  for (const auto& [name, file] : files_) {
    PackedPtr before = base_->FindPacked(name);
    const auto base = bases_.find(name);
    PackedPtr after =
        packer.Pack(*file, before.get(), base != bases_.end() ? base->second.get() : nullptr);
    out.push_back({.before = std::move(before), .after = std::move(after)});
  }
  return out;
}

std::shared_ptr<const Snapshot> Draft::MakeSnapshot(const std::vector<FileChange>& files) const {
  auto snapshot = std::make_shared<Snapshot>(*base_);
  std::vector<PackedPtr> packed;
  packed.reserve(files.size());
  for (const FileChange& change : files) {
    packed.push_back(change.after);
    const FilePtr& file = files_.at(change.after->name);
    if (turned_.contains(change.after->name)) {
      snapshot->KeepTurned(change, file);
    } else {
      snapshot->Keep(change, file);
    }
  }
  snapshot->Put(packed);
  if (settings_) snapshot->SetSettings(settings_);
  snapshot->SetAccesses(accesses_);
  if (!changes_.empty()) snapshot->SetHead(changes_.back()->revision, changes_.back()->hash);
  return snapshot;
}

}  // namespace vigil::registry
