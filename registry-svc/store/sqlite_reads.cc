// What the SQLite store reads beside a commit, on its reading connection.
#include <utility>

#include "registry-svc/store/read_rows.h"
#include "registry-svc/store/sqlite_store.h"

namespace vigil::registry {
namespace {

constexpr int64_t kNamesOfPage = 500;

// Entries after a number, at most `limit` of them and about `bytes` in all.
absl::StatusOr<std::vector<JournalEntry>> ReadEntries(Statement& read, int64_t after, int limit,
                                                      int64_t bytes) {
  std::vector<JournalEntry> entries;
  read.Bind(1, after).Bind(2, int64_t{limit});
  absl::StatusOr<bool> row = true;
  while (bytes > 0 && (row = read.Step()).ok() && *row) {
    entries.push_back({.revision = read.Integer(0),
                       .hash = std::string(read.Blob(1)),
                       .payload = std::string(read.Blob(2))});
    bytes -= static_cast<int64_t>(entries.back().payload.size());
  }
  read.Reset();
  if (!row.ok()) return row.status();
  return entries;
}

// The one number of a statement that has one row.
absl::StatusOr<int64_t> ReadInteger(Statement& read) {
  const absl::StatusOr<bool> row = read.Step();
  const int64_t number = row.ok() && *row ? read.Integer(0) : 0;
  read.Reset();
  if (!row.ok()) return row.status();
  return number;
}

}  // namespace

absl::StatusOr<std::vector<JournalEntry>> SqliteStore::ReadJournal(int64_t after, int limit,
                                                                   int64_t bytes) {
  absl::MutexLock lock(&reader_mutex_);
  return ReadEntries(reads_.journal, after, limit, bytes);
}

absl::StatusOr<std::vector<int64_t>> SqliteStore::ReadRevisions(const std::string& file) {
  absl::MutexLock lock(&reader_mutex_);
  std::vector<int64_t> revisions;
  absl::StatusOr<bool> row = true;
  reads_.revisions.Bind(1, file);
  while ((row = reads_.revisions.Step()).ok() && *row) {
    revisions.push_back(reads_.revisions.Integer(0));
  }
  reads_.revisions.Reset();
  if (!row.ok()) return row.status();
  return revisions;
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> SqliteStore::LastRevisions(
    const std::string& folder, int64_t revision) {
  std::string end = folder;
  ++end.back();  // past all that begin with it
  std::vector<std::pair<std::string, int64_t>> last;
  absl::StatusOr<std::string> after = folder;
  while (after.ok() && !after->empty()) after = LastRevisionsPage(*after, end, revision, last);
  if (!after.ok()) return after.status();
  return last;
}

absl::StatusOr<std::string> SqliteStore::LastRevisionsPage(
    const std::string& after, const std::string& end, int64_t revision,
    std::vector<std::pair<std::string, int64_t>>& last) {
  absl::MutexLock lock(&reader_mutex_);
  Statement& read = reads_.last_revisions;
  absl::StatusOr<bool> row = true;
  int64_t names = 0;
  std::string name;
  read.Bind(1, after).Bind(2, end).Bind(3, revision).Bind(4, kNamesOfPage);
  for (; (row = read.Step()).ok() && *row; ++names) {
    name = read.Text(0);
    const int64_t found = read.Integer(1);
    if (found > 0) last.emplace_back(name, found);
  }
  read.Reset();
  if (!row.ok()) return row.status();
  return names == kNamesOfPage ? name : std::string();
}

absl::StatusOr<int64_t> SqliteStore::NextRevision(const std::string& file, int64_t after) {
  absl::MutexLock lock(&reader_mutex_);
  return ReadInteger(reads_.next_revision.Bind(1, file).Bind(2, after));
}

absl::StatusOr<std::optional<std::string>> SqliteStore::FindRules(const std::string& version) {
  absl::MutexLock lock(&reader_mutex_);
  const absl::StatusOr<bool> row = reads_.rules.Bind(1, version).Step();
  std::optional<std::string> body;
  if (row.ok() && *row) body = std::string(reads_.rules.Blob(0));
  reads_.rules.Reset();
  if (!row.ok()) return row.status();
  return body;
}

absl::StatusOr<std::vector<JournalEntry>> SqliteStore::ReadAccesses(int64_t after, int limit) {
  absl::MutexLock lock(&reader_mutex_);
  return ReadEntries(reads_.accesses, after, limit, INT64_MAX);
}

absl::StatusOr<std::vector<NumberedReceipt>> SqliteStore::ReadReceipts(const std::string& parent,
                                                                       int64_t after, int limit) {
  std::vector<NumberedReceipt> receipts;
  absl::MutexLock lock(&reader_mutex_);
  Statement& read = parent.empty() ? reads_.receipts : reads_.receipts_of_parent;
  read.Bind(1, after).Bind(2, int64_t{limit});
  if (!parent.empty()) read.Bind(3, parent);
  absl::StatusOr<bool> row = true;
  while ((row = read.Step()).ok() && *row) {
    NumberedReceipt& receipt = receipts.emplace_back();
    receipt.number = read.Integer(0);
    if (absl::Status s = ParseRow(read.Blob(1), receipt.receipt); !s.ok()) {
      row = s;
      break;
    }
  }
  read.Reset();
  if (!row.ok()) return row.status();
  return receipts;
}

absl::StatusOr<int64_t> SqliteStore::NumberOfReceipt(const std::string& id) {
  absl::MutexLock lock(&reader_mutex_);
  return ReadInteger(reads_.receipt_number.Bind(1, id));
}

absl::StatusOr<int64_t> SqliteStore::LastReceipt() {
  absl::MutexLock lock(&reader_mutex_);
  return ReadInteger(reads_.last_receipt);
}

}  // namespace vigil::registry
