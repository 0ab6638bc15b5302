// The casebook's Store in one SQLite file.
//
// WAL with synchronous=FULL: a commit is one fsync, whatever the number of rows. One connection
// writes; another, behind a lock, reads the journal and the receipts for other threads, and a third
// the search keys. A lock file
// beside the database keeps a second process out. The keyring of its vault is the file beside it
// whose name ends in `.keys`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/store/search_table.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

struct SqliteStoreOptions {
  // The file; its folder must exist.
  std::string path;
  // The master key of the vault; empty: `master-key` in the same folder.
  std::string master_key_file = {};
  // Upper bound of the file in pages of 4 KiB; 0: none. Lets a test meet a full disk.
  int64_t max_pages = 0;
};

class SqliteStore : public Store {
 public:
  // Opens or creates the database and brings its schema up to date. Errors as sqlite.h, and
  // FAILED_PRECONDITION for a newer schema or a database that another process holds.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const SqliteStoreOptions& options);
  ~SqliteStore() override;

  Vault& vault() override { return *vault_; }
  // Reads everything, destroys keys whose destruction was journaled, and checks the chain of the
  // journal's last 1,000 entries.
  absl::StatusOr<Contents> Load(Rows& rows) override;
  absl::StatusOr<Told> ReadTold(const std::string& name) override;
  absl::Status Commit(const Batch& batch) override;
  absl::StatusOr<std::set<std::string>> KnownReceipts(const std::vector<std::string>& ids) override;
  absl::StatusOr<std::optional<AnsweredRequest>> FindRequest(const std::string& id) override;
  absl::StatusOr<std::vector<JournalEntry>> ReadJournal(int64_t after, int limit,
                                                        int64_t bytes) override;
  absl::StatusOr<std::vector<int64_t>> ReadRevisions(const std::string& file) override;
  absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> LastRevisions(
      const std::string& folder, int64_t revision) override;
  absl::StatusOr<int64_t> NextRevision(const std::string& file, int64_t after) override;
  absl::StatusOr<std::optional<std::string>> FindRules(const std::string& version) override;
  absl::StatusOr<std::vector<JournalEntry>> ReadAccesses(int64_t after, int limit) override;
  absl::StatusOr<std::vector<NumberedReceipt>> ReadReceipts(const std::string& parent,
                                                            int64_t after, int limit) override;
  absl::StatusOr<int64_t> NumberOfReceipt(const std::string& id) override;
  absl::StatusOr<int64_t> LastReceipt() override;
  absl::StatusOr<std::vector<SearchKey>> FindKeys(const std::vector<KeyLookup>& lookups,
                                                  int limit) override {
    return search_->FindKeys(lookups, limit);
  }
  absl::StatusOr<std::vector<SearchKey>> KeysOf(const std::vector<std::string>& files,
                                                const std::vector<int>& fields) override {
    return search_->KeysOf(files, fields);
  }
  absl::StatusOr<std::vector<SearchKey>> KeysFrom(const std::string& file, int field,
                                                  int limit) override {
    return search_->KeysFrom(file, field, limit);
  }

 private:
  // The statements of a commit, prepared once.
  struct Writer {
    Statement begin, commit, rollback, put_case, put_dossier, put_fact, put_deadline,
        delete_deadline, put_record, delete_record, put_receipt, put_position, put_request,
        forget_requests, forget_facts, put_meta, put_rules, put_entry, put_file_revision,
        put_access, put_erased_key, put_told_print, find_receipt, find_request, told_case,
        told_deadlines, last_revision;
  };
  // The statements of the reading connection.
  struct Reader {
    Statement journal, revisions, last_revisions, next_revision, rules, accesses, receipts,
        receipts_of_parent, receipt_number, last_receipt;
  };

  SqliteStore(int lock_file, std::unique_ptr<Vault> vault, Database writer, Database reader);
  absl::Status Prepare();
  // Adds those of the next names after `after`, before `end`. The last name looked at; empty: there
  // are no more. A page at a time, so that others read in between.
  absl::StatusOr<std::string> LastRevisionsPage(const std::string& after, const std::string& end,
                                                int64_t revision,
                                                std::vector<std::pair<std::string, int64_t>>& last);
  absl::Status WriteRows(const Batch& batch);
  absl::Status WriteReceipts(const Batch& batch);
  absl::Status WriteRest(const Batch& batch);
  absl::Status WriteEntries(const Batch& batch);
  absl::Status LoadRows(Rows& rows);
  absl::Status LoadFacts(Rows& rows);
  absl::Status LoadRest(Contents& contents);
  absl::Status DestroyErasedKeys();
  absl::Status LoadJournalHead(Contents& contents);
  absl::Status LoadAccessHead(Contents& contents);

  const int lock_file_;
  const std::unique_ptr<Vault> vault_;
  Database database_;
  Writer statements_;
  std::unique_ptr<SearchTable> search_;
  int64_t revision_ = 0;  // last committed

  absl::Mutex reader_mutex_;
  Database reader_ ABSL_GUARDED_BY(reader_mutex_);
  Reader reads_ ABSL_GUARDED_BY(reader_mutex_);
};

}  // namespace vigil::registry
