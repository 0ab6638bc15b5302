#include "registry-svc/store/schema.h"

#include <fmt/format.h>

#include <array>
#include <string>

namespace vigil::registry {
namespace {

// Never edit a step that was released: add one. Messages are kept whole in `body`; columns beside
// it are what is looked up or joined by.
constexpr std::array kSteps = {
    R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE cases(name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE dossiers(name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
-- The number keeps the order of recording over a later retraction.
CREATE TABLE facts(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
-- As journaled last: what a start compares with, to tell watchers of what moved meanwhile.
CREATE TABLE deadlines(name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records(name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE receipts(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parent TEXT NOT NULL,
  shard INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX receipts_by_parent ON receipts(parent, number);
CREATE TABLE shard_positions(
  shard INTEGER PRIMARY KEY, epoch TEXT NOT NULL, stream_id TEXT NOT NULL) STRICT;
CREATE TABLE journal(revision INTEGER PRIMARY KEY, hash BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE TABLE request_ids(
  id TEXT PRIMARY KEY, digest BLOB NOT NULL, name TEXT NOT NULL, time INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
)sql",
    R"sql(
-- Confidential facts: the body is a shell, the whole is sealed under the key of the case.
ALTER TABLE facts ADD COLUMN sealed BLOB;
-- Keys whose destruction was journaled.
CREATE TABLE erased_keys(id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
-- Reads of confidential facts, chained like the journal.
CREATE TABLE accesses(number INTEGER PRIMARY KEY, hash BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
)sql",
    R"sql(
-- Which entries of the journal tell of a case or dossier, see touched.h.
CREATE TABLE file_revisions(
  file TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY(file, revision)) STRICT, WITHOUT ROWID;
-- Packs and calendars, so that the past is read by the rules of its time.
CREATE TABLE rule_archives(version TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
)sql",
    R"sql(
-- What cases are searched by; the casebook fills it. Plain text, compared by bytes.
CREATE TABLE search_keys(
  field INTEGER NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY(field, key, file))
  STRICT, WITHOUT ROWID;
CREATE INDEX search_keys_by_file ON search_keys(file, field, key);
)sql",
    R"sql(
-- A print of the deadlines of a file that were journaled last: a start that derives the same needs
-- none of their rows. No row: print 0.
CREATE TABLE told_prints(name TEXT PRIMARY KEY, print INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- What builds before told has no print yet: one that is wrong has the next start compare the rows,
-- also of a file that has no deadline any more.
INSERT INTO told_prints
  SELECT DISTINCT substr(name, 1, instr(name, '/deadlines/') - 1), 1 FROM deadlines;
-- Each day those of a month ago are forgotten.
CREATE INDEX request_ids_by_time ON request_ids(time);
)sql",
    R"sql(
-- The answer, where it is more than the resource of that name.
ALTER TABLE request_ids ADD COLUMN answer BLOB;
)sql"};

}  // namespace

int SchemaVersion() { return static_cast<int>(kSteps.size()); }

absl::Status Migrate(Database& database) {
  absl::StatusOr<int64_t> version = database.QueryInteger("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version > SchemaVersion()) {
    return absl::FailedPreconditionError(fmt::format(
        "the database has schema {}, this build knows up to {}: run a newer registry-svc, "
        "or restore a backup made before the upgrade",
        *version, SchemaVersion()));
  }
  for (int step = static_cast<int>(*version); step < SchemaVersion(); ++step) {
    const std::string sql =
        fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version={}; COMMIT", kSteps[step], step + 1);
    if (absl::Status status = database.Execute(sql); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace vigil::registry
