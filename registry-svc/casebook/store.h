// What the casebook asks of a database. The casebook keeps everything it serves in memory; the
// store makes it durable and gives it back at the next start.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/journal/entry.h"
#include "registry-svc/vault/vault.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"
#include "vigil/registry/v1/fact.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// A fact as it lies on disk: what may lie open, and where it is confidential the whole, sealed.
struct StoredFact {
  v1::Fact open;
  std::string sealed;
};

// A receipt and the shard whose stream brought it; -1 for a person's action.
struct StoredReceipt {
  v1::Receipt receipt;
  int32_t shard = -1;
};

// A receipt with its place in the order of recording, from 1.
struct NumberedReceipt {
  int64_t number = 0;
  v1::Receipt receipt;
};

// A call that was answered, kept so that its repetition is answered alike.
struct AnsweredRequest {
  std::string id;
  // SHA-256 of method and request: another request under the same id is refused.
  std::string digest;
  // The resource that the call made; empty where it made none.
  std::string name = {};
  // What it was answered with, serialized, where the resource does not say it.
  std::string answer = {};
  // Seconds since the epoch, calendar time.
  int64_t time = 0;
};

// A row of the table that cases are searched by: a text of a case in the form that it is looked up
// in. search_terms.h says what fields there are.
struct SearchKey {
  int field = 0;
  // UTF-8, not empty.
  std::string key;
  // `cases/{case}`.
  std::string file;

  auto operator<=>(const SearchKey&) const = default;
};

// Search keys that are asked for: those of a field that are equal to `key`, or begin with it.
struct KeyLookup {
  int field = 0;
  std::string key;
  bool beginning = false;
};

// Takes what there is much of, row by row, as it is read at start. What a method returns ends the
// reading, unless it is OK.
class Rows {
 public:
  virtual ~Rows() = default;
  // First the cases and dossiers, in any order, with the situation that was told last.
  virtual absl::Status TakeCase(v1::Case record) = 0;
  virtual absl::Status TakeDossier(v1::Dossier dossier) = 0;
  // In the order in which they were recorded; opened, but for those that were erased.
  virtual absl::Status TakeFact(v1::Fact fact) = 0;
  // In the order in which they were recorded.
  virtual absl::Status TakeReceipt(StoredReceipt receipt) = 0;
  // Of the deadlines of a file that were told last, see Batch::told_prints.
  virtual absl::Status TakeToldPrint(std::string_view name, uint64_t print) = 0;
};

// What was told of a file last.
struct Told {
  // Empty for a dossier.
  v1::Case record;
  // As they were journaled: a state that follows from the day alone is that of the day of then.
  std::vector<v1::Deadline> deadlines;
};

// All but the rows, as it is read at start.
struct Contents {
  std::vector<v1::Record> records;
  std::vector<v1::ShardPosition> positions;
  // Odds and ends, see loading.h.
  std::map<std::string, std::string> meta;
  // Versions of what is kept, see Batch::rule_archives.
  std::set<std::string> rule_versions;
  // Revision and hash of the last entry of the journal; 0 and empty at its start.
  int64_t revision = 0;
  std::string hash;
  // Of the access trail.
  ChainEnd accesses;
};

// Changes that become durable together or not at all. Rows replace those of the same name.
struct Batch {
  std::vector<v1::Case> cases;
  std::vector<v1::Dossier> dossiers;
  std::vector<StoredFact> facts;
  std::vector<v1::Deadline> deadlines;
  std::vector<std::string> deleted_deadlines;
  // By the file's name, of all its deadlines (Printed::print): a start that derives others reads
  // what was told. None is 0.
  std::map<std::string, uint64_t> told_prints;
  std::vector<v1::Record> records;
  std::vector<std::string> deleted_records;
  std::vector<StoredReceipt> receipts;
  std::vector<v1::ShardPosition> positions;
  std::vector<AnsweredRequest> requests;
  // Answered requests older than this are forgotten; 0: none.
  int64_t forget_requests_before = 0;
  std::map<std::string, std::string> meta;
  // Packs and calendars by their version, each a serialized rules::v1::RuleArchive; and serialized
  // vocabularies by ArchiveKey (vocabularies.h). Kept for good.
  std::map<std::string, std::string> rule_archives;
  std::vector<JournalEntry> entries;
  // Of the access trail.
  std::vector<JournalEntry> accesses;
  // Ids of keys that the entries say are destroyed: the next start destroys those that are left.
  std::vector<std::string> erased_keys;
  // Cases and dossiers that were erased: the answered requests of their facts are forgotten.
  std::vector<std::string> erased;
  // All search keys go, before any comes.
  bool clear_search_keys = false;
  // Some may be there already, or be gone.
  std::vector<SearchKey> search_keys, deleted_search_keys;

  bool empty() const;
};

// A database. Load, Commit, ReadTold, KnownReceipts and FindRequest are called from one thread at a
// time; the other reads from any thread, also while one commits, and see what is committed.
//
// Errors: RESOURCE_EXHAUSTED where the disk is full, DATA_LOSS where the database is damaged,
// UNAVAILABLE where it is locked, INTERNAL otherwise; each with a message that says what to do.
class Store {
 public:
  virtual ~Store() = default;

  // Seals what is confidential in rows and entries before Commit gets them, and opens it again.
  virtual Vault& vault() = 0;

  virtual absl::StatusOr<Contents> Load(Rows& rows) = 0;

  virtual absl::StatusOr<Told> ReadTold(const std::string& name) = 0;

  // All or nothing, durable on return: it survives kill -9 and power loss. On an error nothing has
  // changed.
  virtual absl::Status Commit(const Batch& batch) = 0;

  // Those of the ids that are recorded.
  virtual absl::StatusOr<std::set<std::string>> KnownReceipts(
      const std::vector<std::string>& ids) = 0;

  virtual absl::StatusOr<std::optional<AnsweredRequest>> FindRequest(const std::string& id) = 0;

  // Entries after a revision, at most `limit` of them and about `bytes` in all, at least one where
  // there is one.
  virtual absl::StatusOr<std::vector<JournalEntry>> ReadJournal(int64_t after, int limit,
                                                                int64_t bytes) = 0;

  // Revisions whose entries tell of a name (touched.h), in order.
  virtual absl::StatusOr<std::vector<int64_t>> ReadRevisions(const std::string& file) = 0;
  // Of each name below `folder` (`records/x/`) the last of these up to a revision; by name.
  virtual absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> LastRevisions(
      const std::string& folder, int64_t revision) = 0;
  // The first of these after a revision; 0: there is none.
  virtual absl::StatusOr<int64_t> NextRevision(const std::string& file, int64_t after) = 0;

  // What was kept under a version, see Batch; nothing where it was not.
  virtual absl::StatusOr<std::optional<std::string>> FindRules(const std::string& version) = 0;

  // Entries of the access trail after a number, at most `limit`.
  virtual absl::StatusOr<std::vector<JournalEntry>> ReadAccesses(int64_t after, int limit) = 0;

  // Receipts numbered above `after`, of one case where `parent` is not empty.
  virtual absl::StatusOr<std::vector<NumberedReceipt>> ReadReceipts(const std::string& parent,
                                                                    int64_t after, int limit) = 0;

  // The number of a receipt; 0: there is none of that id. Of the last one, 0 where there is none.
  virtual absl::StatusOr<int64_t> NumberOfReceipt(const std::string& id) = 0;
  virtual absl::StatusOr<int64_t> LastReceipt() = 0;

  // The keys that the lookups find, one after the other, by key and file; at most `limit` in all.
  virtual absl::StatusOr<std::vector<SearchKey>> FindKeys(const std::vector<KeyLookup>& lookups,
                                                          int limit) = 0;
  // Those of some fields of some files: the files in their order, of each by field and key.
  virtual absl::StatusOr<std::vector<SearchKey>> KeysOf(const std::vector<std::string>& files,
                                                        const std::vector<int>& fields) = 0;
  // Those of one field, from a file on, by file and key; at most `limit`.
  virtual absl::StatusOr<std::vector<SearchKey>> KeysFrom(const std::string& file, int field,
                                                          int limit) = 0;
};

}  // namespace vigil::registry
