// The record as it was known at an earlier revision.
//
// The journal keeps every change, and an index of it (touched.h) says which entries tell of a case
// or dossier: one of the past is replayed from these. Rules and calendars are those that were in
// force; zones are those of this machine. Confidential facts are opened as ever; what was erased
// since is a shell in the past too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/journal/parsed_entries.h"
#include "vigil/registry/v1/vocabulary.pb.h"

namespace vigil::registry {

// Thread-safe; goes to disk. Errors are refusals: those named, and those of the store.
class Past {
 public:
  struct Moment {
    // The last revision that was known; 0: nothing was.
    int64_t revision = 0;
    // The time asked for, or that of the revision's commit.
    absl::Time time;
  };

  // Both outlive it.
  Past(Store& store, const Casebook& book);

  // What `known_at` of a request names: a revision in digits or an RFC 3339 time, which stands for
  // the last revision at or before it. INVALID_ARGUMENT BAD_KNOWN_AT and KNOWN_AT_AHEAD. A time
  // costs a few reads of the journal.
  absl::StatusOr<Moment> MomentOf(std::string_view known_at) const;

  // The file of that name as it stood at a revision, without receipts and, where it has changed
  // since, without a present reading; null where it was not there. `present` is a later state.
  absl::StatusOr<FilePtr> Find(const Snapshot& present, std::string_view name, int64_t revision);

  // Calls `visit` for each file whose name begins with `collection` that was there at a revision,
  // one after the other, until it returns an error; each costs what Find costs. CANCELLED once
  // `gone` says so.
  absl::Status ForEach(const Snapshot& present, std::string_view collection, int64_t revision,
                       const std::function<bool()>& gone,
                       const std::function<absl::Status(const FilePtr&)>& visit);

  // The names of the files that were there at a revision, deleted ones too, in the order in which
  // they were made.
  absl::StatusOr<std::vector<std::string>> NamesAt(const Snapshot& present, int64_t revision);

  // The packs and calendars in force at a revision. FAILED_PRECONDITION RULES_NOT_KEPT.
  absl::StatusOr<RuleBook> RulesAt(int64_t revision);

  // The vocabularies loaded at a revision. FAILED_PRECONDITION VOCABULARY_NOT_KEPT where the
  // journal names none.
  absl::StatusOr<std::vector<v1::VocabularyVersion>> VocabulariesAt(int64_t revision);
  // One of them with its entries. FAILED_PRECONDITION VOCABULARY_NOT_KEPT.
  absl::StatusOr<v1::Vocabulary> ReadVocabulary(const v1::VocabularyVersion& version);

  // A record as it stood at a revision. NOT_FOUND where it was not there.
  absl::StatusOr<v1::Record> FindRecord(const std::string& name, int64_t revision);
  // Calls `visit` for each record below `folder` (`records/{type}/`) that was there at a revision,
  // by name. CANCELLED once `gone` says so.
  absl::Status ForEachRecord(const std::string& folder, int64_t revision,
                             const std::function<bool()>& gone,
                             const std::function<void(const v1::Record&)>& visit);

  // The number that receipts recorded up to a revision are below.
  absl::StatusOr<int64_t> ReceiptsEnd(int64_t revision);

 private:
  // Names of the files that were there, with the revision that made them, by that.
  using Made = std::vector<std::pair<int64_t, std::string>>;
  absl::StatusOr<Made> FilesAt(const Snapshot& present, std::string_view collection,
                               int64_t revision);
  absl::StatusOr<RuleBook> RulesOf(const std::string& version);
  // What the last start up to a revision told; with nothing in it where there was none.
  absl::StatusOr<v1::RulesActivated> ActivatedAt(int64_t revision);
  // The record after an entry that tells of it; nothing where that deletes it.
  absl::StatusOr<std::optional<v1::Record>> RecordAfter(const std::string& name, int64_t revision);

  Store& store_;
  const Casebook& book_;
  const ReadEntries read_;
  ParsedEntries entries_;
  absl::Mutex mutex_;
  // The last few books, by version.
  std::map<std::string, RuleBook> books_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
