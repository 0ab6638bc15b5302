#include "registry-svc/store/sqlite_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <utility>

#include "registry-svc/store/file_lock.h"
#include "registry-svc/store/file_revisions.h"
#include "registry-svc/store/read_rows.h"
#include "registry-svc/store/schema.h"
#include "registry-svc/store/sealed_facts.h"

namespace vigil::registry {
namespace {

// Files up to this size are checked whole at start; larger ones as far as they are read.
constexpr int64_t kQuickCheckPages = 16384;

absl::StatusOr<std::unique_ptr<Vault>> OpenVault(const SqliteStoreOptions& options) {
  std::string master = options.master_key_file;
  if (master.empty()) {
    master = std::filesystem::path(options.path).replace_filename("master-key").string();
  }
  return Vault::Open({.keyring = options.path + ".keys", .master_key_file = std::move(master)});
}

absl::Status CheckWhole(Database& database, const std::string& path) {
  absl::StatusOr<int64_t> pages = database.QueryInteger("PRAGMA page_count");
  if (!pages.ok()) return pages.status();
  if (*pages > kQuickCheckPages) return absl::OkStatus();
  absl::StatusOr<std::string> verdict = database.QueryText("PRAGMA quick_check(1)");
  if (!verdict.ok()) return verdict.status();
  if (*verdict == "ok") return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("{}: the database is damaged: restore it from a backup ({})", path, *verdict));
}

template <class Message>
absl::Status PutNamed(Statement& statement, const std::vector<Message>& rows) {
  for (const Message& row : rows) {
    const std::string body = row.SerializeAsString();
    if (absl::Status s = statement.Bind(1, row.name()).BindBlob(2, body).Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status PutFacts(Statement& statement, const std::vector<StoredFact>& rows) {
  for (const StoredFact& row : rows) {
    const std::string body = row.open.SerializeAsString();
    statement.Bind(1, row.open.name()).BindBlob(2, body).BindBlob(3, row.sealed);
    if (absl::Status s = statement.Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status PutPrints(Statement& statement, const std::map<std::string, uint64_t>& prints) {
  for (const auto& [name, print] : prints) {
    statement.Bind(1, name).Bind(2, static_cast<int64_t>(print));
    if (absl::Status s = statement.Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status PutEntries(Statement& statement, const std::vector<JournalEntry>& rows) {
  for (const JournalEntry& row : rows) {
    statement.Bind(1, row.revision).BindBlob(2, row.hash).BindBlob(3, row.payload);
    if (absl::Status s = statement.Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status DeleteNamed(Statement& statement, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (absl::Status s = statement.Bind(1, name).Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

bool Batch::empty() const {
  return cases.empty() && dossiers.empty() && facts.empty() && deadlines.empty() &&
         deleted_deadlines.empty() && told_prints.empty() && records.empty() &&
         deleted_records.empty() && receipts.empty() && positions.empty() && requests.empty() &&
         meta.empty() && rule_archives.empty() && entries.empty() && accesses.empty() &&
         erased_keys.empty() && search_keys.empty() && deleted_search_keys.empty() &&
         !clear_search_keys && forget_requests_before == 0;
}

SqliteStore::SqliteStore(int lock_file, std::unique_ptr<Vault> vault, Database writer,
                         Database reader)
    : lock_file_(lock_file),
      vault_(std::move(vault)),
      database_(std::move(writer)),
      reader_(std::move(reader)) {}

SqliteStore::~SqliteStore() { close(lock_file_); }

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const SqliteStoreOptions& options) {
  absl::StatusOr<int> lock = LockDatabase(options.path);
  if (!lock.ok()) return lock.status();
  const auto fail = [&](absl::Status status) {
    close(*lock);
    return status;
  };
  absl::StatusOr<Database> writer = Database::Open(options.path);
  if (!writer.ok()) return fail(writer.status());
  if (absl::Status s = CheckWhole(*writer, options.path); !s.ok()) return fail(s);
  if (absl::Status s = Migrate(*writer); !s.ok()) return fail(s);
  if (absl::Status s = IndexOldEntries(*writer); !s.ok()) return fail(s);
  absl::StatusOr<std::unique_ptr<Vault>> vault = OpenVault(options);
  if (!vault.ok()) return fail(vault.status());
  if (absl::Status s = SealOldRows(*writer, **vault); !s.ok()) return fail(s);
  if (absl::Status s = KeyOldDigests(*writer, **vault); !s.ok()) return fail(s);
  if (options.max_pages > 0) {
    const std::string limit = fmt::format("PRAGMA max_page_count={}", options.max_pages);
    if (absl::Status s = writer->Execute(limit); !s.ok()) return fail(s);
  }
  absl::StatusOr<Database> reader = Database::OpenReader(options.path);
  if (!reader.ok()) return fail(reader.status());
  std::unique_ptr<SqliteStore> store(
      new SqliteStore(*lock, *std::move(vault), *std::move(writer), *std::move(reader)));
  if (absl::Status s = store->Prepare(); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<SearchTable>> search =
      SearchTable::Open(store->database_, options.path);
  if (!search.ok()) return search.status();
  store->search_ = *std::move(search);
  return store;
}

absl::Status SqliteStore::Prepare() {
  const auto prepare = [](Database& database, Statement& statement, std::string_view sql) {
    absl::StatusOr<Statement> prepared = database.Prepare(sql);
    if (prepared.ok()) statement = *std::move(prepared);
    return prepared.status();
  };
  const std::pair<Statement*, std::string_view> writes[] = {
      {&statements_.begin, "BEGIN IMMEDIATE"},
      {&statements_.commit, "COMMIT"},
      {&statements_.rollback, "ROLLBACK"},
      {&statements_.put_case, "INSERT OR REPLACE INTO cases VALUES(?,?)"},
      {&statements_.put_dossier, "INSERT OR REPLACE INTO dossiers VALUES(?,?)"},
      {&statements_.put_fact,
       "INSERT INTO facts(name, body, sealed) VALUES(?1,?2,?3) "
       "ON CONFLICT(name) DO UPDATE SET body=?2, sealed=?3"},
      {&statements_.put_deadline, "INSERT OR REPLACE INTO deadlines VALUES(?,?)"},
      {&statements_.delete_deadline, "DELETE FROM deadlines WHERE name=?"},
      {&statements_.put_told_print, "INSERT OR REPLACE INTO told_prints VALUES(?,?)"},
      {&statements_.put_record, "INSERT OR REPLACE INTO records VALUES(?,?)"},
      {&statements_.delete_record, "DELETE FROM records WHERE name=?"},
      {&statements_.put_receipt, "INSERT INTO receipts(id, parent, shard, body) VALUES(?,?,?,?)"},
      {&statements_.put_position, "INSERT OR REPLACE INTO shard_positions VALUES(?,?,?)"},
      {&statements_.put_request, "INSERT INTO request_ids VALUES(?,?,?,?,?)"},
      {&statements_.forget_requests, "DELETE FROM request_ids WHERE time < ?"},
      {&statements_.forget_facts,
       "DELETE FROM request_ids WHERE name >= ?1 || '/facts/' AND name < ?1 || '/facts0'"},
      {&statements_.put_meta, "INSERT OR REPLACE INTO meta VALUES(?,?)"},
      {&statements_.put_rules, "INSERT OR IGNORE INTO rule_archives VALUES(?,?)"},
      {&statements_.put_entry, "INSERT INTO journal VALUES(?,?,?)"},
      {&statements_.put_file_revision, kPutFileRevision},
      {&statements_.put_access, "INSERT INTO accesses VALUES(?,?,?)"},
      {&statements_.put_erased_key, "INSERT OR IGNORE INTO erased_keys VALUES(?)"},
      {&statements_.find_receipt, "SELECT 1 FROM receipts WHERE id=?"},
      {&statements_.find_request, "SELECT digest, name, time, answer FROM request_ids WHERE id=?"},
      {&statements_.told_case, "SELECT body FROM cases WHERE name=?"},
      {&statements_.told_deadlines,
       "SELECT body FROM deadlines WHERE name >= ?1 || '/deadlines/' AND name < ?1 || "
       "'/deadlines0'"},
      {&statements_.last_revision, "SELECT coalesce(max(revision), 0) FROM journal"},
  };
  for (const auto& [statement, sql] : writes) {
    if (absl::Status s = prepare(database_, *statement, sql); !s.ok()) return s;
  }
  absl::MutexLock lock(&reader_mutex_);
  const std::pair<Statement*, std::string_view> reads[] = {
      {&reads_.journal,
       "SELECT revision, hash, payload FROM journal WHERE revision > ? ORDER BY revision LIMIT ?"},
      {&reads_.revisions, "SELECT revision FROM file_revisions WHERE file=? ORDER BY revision"},
      // Name by name: of one there may be very many revisions.
      {&reads_.last_revisions,
       "WITH RECURSIVE names(file) AS ("
       "SELECT min(file) FROM file_revisions WHERE file > ?1 AND file < ?2 UNION ALL "
       "SELECT (SELECT min(file) FROM file_revisions WHERE file > names.file AND file < ?2) "
       "FROM names WHERE file IS NOT NULL LIMIT ?4) "
       "SELECT file, (SELECT max(revision) FROM file_revisions AS of "
       "WHERE of.file = names.file AND revision <= ?3) FROM names WHERE file IS NOT NULL"},
      {&reads_.next_revision,
       "SELECT coalesce(min(revision), 0) FROM file_revisions WHERE file=? AND revision > ?"},
      {&reads_.rules, "SELECT body FROM rule_archives WHERE version=?"},
      {&reads_.accesses,
       "SELECT number, hash, payload FROM accesses WHERE number > ? ORDER BY number LIMIT ?"},
      {&reads_.receipts,
       "SELECT number, body FROM receipts WHERE number > ? ORDER BY number LIMIT ?"},
      {&reads_.receipts_of_parent,
       "SELECT number, body FROM receipts WHERE number > ? AND parent = ?3 ORDER BY number LIMIT "
       "?2"},
      {&reads_.receipt_number, "SELECT coalesce(max(number), 0) FROM receipts WHERE id=?"},
      {&reads_.last_receipt, "SELECT coalesce(max(number), 0) FROM receipts"},
  };
  for (const auto& [statement, sql] : reads) {
    if (absl::Status s = prepare(reader_, *statement, sql); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::WriteRows(const Batch& batch) {
  return FirstFailure({
      [&] { return PutNamed(statements_.put_case, batch.cases); },
      [&] { return PutNamed(statements_.put_dossier, batch.dossiers); },
      [&] { return PutFacts(statements_.put_fact, batch.facts); },
      [&] { return DeleteNamed(statements_.delete_deadline, batch.deleted_deadlines); },
      [&] { return PutNamed(statements_.put_deadline, batch.deadlines); },
      [&] { return PutPrints(statements_.put_told_print, batch.told_prints); },
      [&] { return DeleteNamed(statements_.delete_record, batch.deleted_records); },
      [&] { return PutNamed(statements_.put_record, batch.records); },
      [&] { return WriteReceipts(batch); },
      [&] { return WriteEntries(batch); },
      [&] { return WriteRest(batch); },
      [&] { return search_->Write(batch); },
  });
}

absl::Status SqliteStore::WriteReceipts(const Batch& batch) {
  for (const StoredReceipt& row : batch.receipts) {
    const std::string body = row.receipt.SerializeAsString();
    Statement& put = statements_.put_receipt.Bind(1, row.receipt.id());
    put.Bind(2, row.receipt.parent()).Bind(3, int64_t{row.shard}).BindBlob(4, body);
    if (absl::Status s = put.Run(); !s.ok()) return s;
  }
  for (const v1::ShardPosition& row : batch.positions) {
    Statement& put = statements_.put_position.Bind(1, int64_t{row.shard()});
    if (absl::Status s = put.Bind(2, row.epoch()).Bind(3, row.stream_id()).Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::WriteRest(const Batch& batch) {
  if (batch.forget_requests_before > 0) {
    Statement& forget = statements_.forget_requests.Bind(1, batch.forget_requests_before);
    if (absl::Status s = forget.Run(); !s.ok()) return s;
  }
  for (const AnsweredRequest& row : batch.requests) {
    Statement& put = statements_.put_request.Bind(1, row.id).BindBlob(2, row.digest);
    put.Bind(3, row.name).Bind(4, row.time).BindBlob(5, row.answer);
    if (absl::Status s = put.Run(); !s.ok()) return s;
  }
  for (const auto& [key, value] : batch.meta) {
    if (absl::Status s = statements_.put_meta.Bind(1, key).BindBlob(2, value).Run(); !s.ok())
      return s;
  }
  for (const auto& [version, body] : batch.rule_archives) {
    Statement& put = statements_.put_rules.Bind(1, version).BindBlob(2, body);
    if (absl::Status s = put.Run(); !s.ok()) return s;
  }
  if (absl::Status s = PutEntries(statements_.put_access, batch.accesses); !s.ok()) return s;
  for (const std::string& name : batch.erased) {
    if (absl::Status s = statements_.forget_facts.Bind(1, name).Run(); !s.ok()) return s;
  }
  for (const std::string& id : batch.erased_keys) {
    if (absl::Status s = statements_.put_erased_key.BindBlob(1, id).Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::WriteEntries(const Batch& batch) {
  if (absl::Status s = PutEntries(statements_.put_entry, batch.entries); !s.ok()) return s;
  for (const JournalEntry& entry : batch.entries) {
    absl::Status s = PutFileRevisions(statements_.put_file_revision, entry.revision, entry.files);
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::Commit(const Batch& batch) {
  // A key is durable before anything that it seals.
  if (absl::Status s = vault_->Flush(); !s.ok()) return s;
  absl::Status status = statements_.begin.Run();
  if (!status.ok()) return status;
  status = WriteRows(batch);
  if (status.ok()) status = statements_.commit.Run();
  if (status.ok()) {
    if (!batch.entries.empty()) revision_ = batch.entries.back().revision;
    return status;
  }
  // A rollback fails where SQLite has rolled back by itself, as it does when the disk is full.
  (void)statements_.rollback.Run();
  absl::StatusOr<bool> row = statements_.last_revision.Step();
  const bool unchanged = row.ok() && *row && statements_.last_revision.Integer(0) == revision_;
  statements_.last_revision.Reset();
  if (unchanged) return status;
  return absl::DataLossError(fmt::format("after a failed commit the database cannot be read: {}",
                                         std::string(status.message())));
}

absl::StatusOr<std::set<std::string>> SqliteStore::KnownReceipts(
    const std::vector<std::string>& ids) {
  std::set<std::string> known;
  for (const std::string& id : ids) {
    absl::StatusOr<bool> row = statements_.find_receipt.Bind(1, id).Step();
    statements_.find_receipt.Reset();
    if (!row.ok()) return row.status();
    if (*row) known.insert(id);
  }
  return known;
}

absl::StatusOr<std::optional<AnsweredRequest>> SqliteStore::FindRequest(const std::string& id) {
  Statement& find = statements_.find_request;
  absl::StatusOr<bool> row = find.Bind(1, id).Step();
  std::optional<AnsweredRequest> found;
  if (row.ok() && *row) {
    found = AnsweredRequest{.id = id,
                            .digest = std::string(find.Blob(0)),
                            .name = std::string(find.Text(1)),
                            .answer = std::string(find.Blob(3)),
                            .time = find.Integer(2)};
  }
  find.Reset();
  if (!row.ok()) return row.status();
  return found;
}

}  // namespace vigil::registry
