#include "registry-svc/store/sealed_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {
namespace {

// Key in `meta`: there is no clear text of confidential facts.
constexpr char kSealedMark[] = "confidential_sealed";
// Likewise: digests of requests are keyed.
constexpr char kKeyedMark[] = "requests_keyed";

struct Row {
  std::string name, body, sealed;
};

template <class Message>
absl::Status ReadRows(Database& database, std::string_view sql,
                      const std::function<void(Message&)>& take) {
  absl::StatusOr<Statement> rows = database.Prepare(sql);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = true;
  while ((row = rows->Step()).ok() && *row) {
    Message message;
    const std::string_view body = rows->Blob(0);
    if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      return absl::DataLossError("a row cannot be read: restore the database from a backup");
    }
    take(message);
  }
  return row.status();
}

absl::Status WriteRows(Database& database, std::string_view sql, const std::vector<Row>& rows) {
  absl::StatusOr<Statement> put = database.Prepare(sql);
  if (!put.ok()) return put.status();
  for (const Row& row : rows) {
    put->Bind(1, row.name).BindBlob(2, row.body).BindBlob(3, row.sealed);
    if (absl::Status s = put->Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SealRows(Database& database, Vault& vault, bool& found) {
  std::vector<Row> facts, deadlines;
  std::set<std::string> confidential;
  absl::Status status = ReadRows<v1::Fact>(
      database, "SELECT body FROM facts WHERE sealed IS NULL", [&](v1::Fact& fact) {
        if (!fact.confidential()) return;
        confidential.insert(fact.name());
        facts.push_back(
            {.name = fact.name(),
             .body = Veiled(fact).SerializeAsString(),
             .sealed = vault.Seal(ParentOf(fact.name()), fact.name(), fact.SerializeAsString())});
      });
  if (!status.ok()) return status;
  const auto rests = [&](const std::string& fact) { return confidential.contains(fact); };
  status = ReadRows<v1::Deadline>(database, "SELECT body FROM deadlines", [&](v1::Deadline& row) {
    if (std::none_of(row.facts().begin(), row.facts().end(), rests)) return;
    VeilReasoning(row);
    deadlines.push_back({.name = row.name(), .body = row.SerializeAsString(), .sealed = {}});
  });
  found = !facts.empty();
  if (status.ok()) status = vault.Flush();
  if (status.ok()) {
    status = WriteRows(database, "UPDATE facts SET body=?2, sealed=?3 WHERE name=?1", facts);
  }
  if (status.ok()) {
    status =
        WriteRows(database, "UPDATE deadlines SET body=?2 WHERE name=?1 AND ?3=x''", deadlines);
  }
  return status;
}

absl::StatusOr<bool> IsMarked(Database& database, std::string_view mark) {
  absl::StatusOr<int64_t> count =
      database.QueryInteger(fmt::format("SELECT count(*) FROM meta WHERE key='{}'", mark));
  if (!count.ok()) return count.status();
  return *count > 0;
}

absl::Status Mark(Database& database, std::string_view mark) {
  return database.Execute(fmt::format("INSERT INTO meta VALUES('{}', x'31')", mark));
}

// Pages that were freed, and the log, hold what was there before.
absl::Status Rewrite(Database& database) {
  return database.Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}

absl::Status KeyDigests(Database& database, const Vault& vault, bool& found) {
  std::vector<std::pair<std::string, std::string>> digests;
  {
    absl::StatusOr<Statement> rows = database.Prepare("SELECT id, digest FROM request_ids");
    if (!rows.ok()) return rows.status();
    absl::StatusOr<bool> row = true;
    while ((row = rows->Step()).ok() && *row) {
      digests.emplace_back(std::string(rows->Text(0)), vault.Print(rows->Blob(1)));
    }
    if (!row.ok()) return row.status();
  }
  found = !digests.empty();
  absl::StatusOr<Statement> put = database.Prepare("UPDATE request_ids SET digest=?2 WHERE id=?1");
  if (!put.ok()) return put.status();
  for (const auto& [id, digest] : digests) {
    if (absl::Status s = put->Bind(1, id).BindBlob(2, digest).Run(); !s.ok()) return s;
  }
  return Mark(database, kKeyedMark);
}

}  // namespace

absl::Status KeyOldDigests(Database& database, const Vault& vault) {
  absl::StatusOr<bool> done = IsMarked(database, kKeyedMark);
  if (!done.ok() || *done) return done.status();
  bool found = false;
  absl::Status status = database.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = KeyDigests(database, vault, found);
  status.Update(database.Execute(status.ok() ? "COMMIT" : "ROLLBACK"));
  return status.ok() && found ? Rewrite(database) : status;
}

absl::Status SealOldRows(Database& database, Vault& vault) {
  absl::StatusOr<bool> done = IsMarked(database, kSealedMark);
  if (!done.ok() || *done) return done.status();
  bool found = false;
  absl::Status status = database.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = SealRows(database, vault, found);
  status.Update(database.Execute(status.ok() ? "COMMIT" : "ROLLBACK"));
  if (!status.ok()) return status;
  if (found) {
    status = Rewrite(database);
    if (!status.ok()) return status;
  }
  return Mark(database, kSealedMark);
}

}  // namespace vigil::registry
