// The past of what belongs to no case: vocabularies, records and receipts.
#include <algorithm>

#include "registry-svc/casebook/past.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/journal/touched.h"

namespace vigil::registry {

absl::StatusOr<std::vector<v1::VocabularyVersion>> Past::VocabulariesAt(int64_t revision) {
  const absl::StatusOr<v1::RulesActivated> activated = ActivatedAt(revision);
  if (!activated.ok()) return activated.status();
  if (activated->vocabularies().empty()) return refusals::VocabularyNotKept("", "");
  return std::vector<v1::VocabularyVersion>(activated->vocabularies().begin(),
                                            activated->vocabularies().end());
}

absl::StatusOr<v1::Vocabulary> Past::ReadVocabulary(const v1::VocabularyVersion& version) {
  const absl::StatusOr<std::optional<std::string>> body = store_.FindRules(ArchiveKey(version));
  if (!body.ok()) return refusals::FromStore(body.status());
  v1::Vocabulary vocabulary;
  // The journal holds the digest of the content: another one was slipped in.
  if (!*body || Sha256(**body) != version.digest() || !vocabulary.ParseFromString(**body)) {
    return refusals::VocabularyNotKept(version.name(), version.version());
  }
  return vocabulary;
}

absl::StatusOr<std::optional<v1::Record>> Past::RecordAfter(const std::string& name,
                                                            int64_t revision) {
  const absl::StatusOr<ParsedEntries::EntryPtr> entry = entries_.Read(revision);
  if (!entry.ok()) return refusals::FromStore(entry.status());
  const v1::RecordChanged& change = (*entry)->items.at(name).back()->record_changed();
  if (change.deleted()) return std::nullopt;
  return change.record();
}

absl::StatusOr<v1::Record> Past::FindRecord(const std::string& name, int64_t revision) {
  const absl::StatusOr<std::vector<int64_t>> revisions = store_.ReadRevisions(name);
  if (!revisions.ok()) return refusals::FromStore(revisions.status());
  const auto later = std::upper_bound(revisions->begin(), revisions->end(), revision);
  if (later == revisions->begin()) return refusals::RecordNotFound(name);
  const absl::StatusOr<std::optional<v1::Record>> record = RecordAfter(name, *std::prev(later));
  if (!record.ok()) return record.status();
  return *record ? absl::StatusOr<v1::Record>(**record) : refusals::RecordNotFound(name);
}

absl::Status Past::ForEachRecord(const std::string& folder, int64_t revision,
                                 const std::function<bool()>& gone,
                                 const std::function<void(const v1::Record&)>& visit) {
  const auto changes = store_.LastRevisions(folder, revision);
  if (!changes.ok()) return refusals::FromStore(changes.status());
  for (const auto& [name, last] : *changes) {
    if (gone()) return absl::CancelledError("the caller has gone");
    const absl::StatusOr<std::optional<v1::Record>> record = RecordAfter(name, last);
    if (!record.ok()) return record.status();
    if (*record) visit(**record);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Past::ReceiptsEnd(int64_t revision) {
  // Before the look at the index, so that no receipt comes between.
  const absl::StatusOr<int64_t> last = store_.LastReceipt();
  if (!last.ok()) return refusals::FromStore(last.status());
  const absl::StatusOr<int64_t> next = store_.NextRevision(kReceiptsFile, revision);
  if (!next.ok()) return refusals::FromStore(next.status());
  if (*next == 0) return *last + 1;
  const absl::StatusOr<ParsedEntries::EntryPtr> entry = entries_.Read(*next);
  if (!entry.ok()) return refusals::FromStore(entry.status());
  // Numbers rise with revisions, and within an entry as it holds them.
  const v1::ReceiptsRecorded& first =
      (*entry)->items.at(kReceiptsFile).front()->receipts_recorded();
  const absl::StatusOr<int64_t> number = store_.NumberOfReceipt(first.receipts(0).id());
  if (!number.ok()) return refusals::FromStore(number.status());
  return *number;
}

}  // namespace vigil::registry
