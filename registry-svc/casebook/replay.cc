#include "registry-svc/casebook/replay.h"

#include <fmt/format.h>

#include <utility>

#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/sealed_fact.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {

void Replay::Facts::Put(const v1::FactChanged& change) {
  const auto [place, is_new] = places.emplace(change.fact().name(), rows.size());
  if (is_new) {
    rows.push_back(change);
  } else {
    rows[place->second] = change;
  }
}

void Replay::Apply(const ParsedEntry& entry) {
  const auto items = entry.items.find(name_);
  if (items == entry.items.end()) return;
  bool recorded = false;
  for (const v1::ChangeItem* item : items->second) recorded = ApplyItem(*item) || recorded;
  // A change of facts renews the stamps of the record, and journals the facts alone.
  if (!recorded) Stamp(entry.change);
}

bool Replay::ApplyItem(const v1::ChangeItem& item) {
  if (item.has_case_changed()) {
    record_ = std::make_shared<v1::Case>(item.case_changed().case_());
    ClearDerived(*record_);
    return true;
  }
  if (item.has_dossier_changed()) {
    dossier_ = std::make_shared<v1::Dossier>(item.dossier_changed().dossier());
    return true;
  }
  if (item.has_fact_changed()) {
    const v1::FactChanged& change = item.fact_changed();
    (ParentOf(change.fact().name()) == name_ ? own_ : foreign_).Put(change);
  }
  return false;
}

void Replay::Stamp(const v1::Change& change) {
  const auto stamp = [&](auto& record) {
    record.set_etag(FileEtag(name_, change.prev_hash(), change.time()));
    *record.mutable_update_time() = change.time();
  };
  if (record_) stamp(*record_);
  if (dossier_) stamp(*dossier_);
}

absl::StatusOr<v1::Fact> Replay::Open(const v1::FactChanged& change) const {
  v1::Fact fact = change.fact();
  if (!fact.confidential()) return fact;
  const PackedPtr packed = present_.FindPacked(ParentOf(fact.name()));
  const FilePtr holder = packed ? present_.Scan(packed) : nullptr;
  const auto now = holder ? holder->FindOwn(fact.name()) : nullptr;
  if (now && now->message->has_erase_time()) {
    *fact.mutable_erase_time() = now->message->erase_time();
    return fact;
  }
  if (!change.sealed().empty() || !now) {
    const absl::Status opened = OpenFact(vault_, change.sealed(), fact);
    return opened.ok() ? absl::StatusOr<v1::Fact>(std::move(fact)) : opened;
  }
  // Builds before the vault journaled the shell alone; what a fact says never changes.
  const bool retracted = fact.has_retract_time();
  fact = *now->message;
  if (!retracted) {
    fact.clear_retract_time();
    fact.clear_retract_reason();
    fact.clear_retract_author();
  }
  return fact;
}

absl::StatusOr<std::shared_ptr<const FactList>> Replay::Check(const Facts& facts) const {
  auto out = std::make_shared<FactList>();
  out->reserve(facts.rows.size());
  for (const v1::FactChanged& change : facts.rows) {
    absl::StatusOr<v1::Fact> fact = Open(change);
    if (!fact.ok()) return fact.status();
    absl::StatusOr<CheckedFact> checked = CheckFact(*std::move(fact));
    if (!checked.ok()) {
      return absl::DataLossError(fmt::format("journal: {} cannot be read ({})",
                                             change.fact().name(),
                                             std::string(checked.status().message())));
    }
    out->push_back(std::make_shared<const CheckedFact>(*std::move(checked)));
  }
  return out;
}

absl::StatusOr<FilePtr> Replay::Finish() const {
  if (!record_ && !dossier_) return nullptr;
  CaseFile file = NewCaseFile(record_, dossier_);
  absl::StatusOr<std::shared_ptr<const FactList>> own = Check(own_);
  if (!own.ok()) return own.status();
  absl::StatusOr<std::shared_ptr<const FactList>> foreign = Check(foreign_);
  if (!foreign.ok()) return foreign.status();
  file.own = *std::move(own);
  file.foreign = *std::move(foreign);
  return std::make_shared<const CaseFile>(std::move(file));
}

}  // namespace vigil::registry
