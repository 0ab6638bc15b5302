// A case or dossier of the past, from the entries of the journal that tell of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/journal/parsed_entries.h"
#include "registry-svc/vault/vault.h"

namespace vigil::registry {

// Replays entries one after the other, from the first that tells of the file. The vault and the
// present state outlive it.
class Replay {
 public:
  Replay(std::string name, const Snapshot& present, const Vault& vault)
      : name_(std::move(name)), present_(present), vault_(vault) {}

  void Apply(const ParsedEntry& entry);

  // The file as it stood after the last entry, without receipts and without a present reading; null
  // where no entry has made it. What was erased since is a shell. DATA_LOSS for a fact that cannot
  // be read.
  absl::StatusOr<FilePtr> Finish() const;

 private:
  // In the order of recording.
  struct Facts {
    // A later change of a fact takes the place of the earlier one.
    void Put(const v1::FactChanged& change);

    std::vector<v1::FactChanged> rows;
    std::map<std::string, size_t> places;
  };

  // True where the item holds the record itself.
  bool ApplyItem(const v1::ChangeItem& item);
  void Stamp(const v1::Change& change);
  absl::StatusOr<v1::Fact> Open(const v1::FactChanged& change) const;
  absl::StatusOr<std::shared_ptr<const FactList>> Check(const Facts& facts) const;

  const std::string name_;
  const Snapshot& present_;
  const Vault& vault_;
  // One of the two is made.
  std::shared_ptr<v1::Case> record_;
  std::shared_ptr<v1::Dossier> dossier_;
  Facts own_, foreign_;
};

}  // namespace vigil::registry
