#include "registry-svc/store/file_revisions.h"

#include <fmt/format.h>

#include "registry-svc/journal/touched.h"

namespace vigil::registry {
namespace {

absl::Status IndexEntries(Database& database) {
  absl::StatusOr<Statement> put = database.Prepare(kPutFileRevision);
  if (!put.ok()) return put.status();
  absl::StatusOr<Statement> rows = database.Prepare("SELECT revision, payload FROM journal");
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = true;
  v1::Change change;
  while ((row = rows->Step()).ok() && *row) {
    const std::string_view payload = rows->Blob(1);
    if (!change.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
      return absl::DataLossError(
          fmt::format("journal: revision {} cannot be read: restore the database from a backup",
                      rows->Integer(0)));
    }
    absl::Status s = PutFileRevisions(*put, rows->Integer(0), FilesOf(change));
    if (!s.ok()) return s;
  }
  return row.status();
}

}  // namespace

absl::Status PutFileRevisions(Statement& put, int64_t revision,
                              const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (absl::Status s = put.Bind(1, file).Bind(2, revision).Run(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status IndexOldEntries(Database& database) {
  absl::StatusOr<int64_t> done =
      database.QueryInteger(fmt::format("SELECT count(*) FROM meta WHERE key='{}'", kFilesIndexed));
  if (!done.ok()) return done.status();
  if (*done > 0) return absl::OkStatus();
  absl::Status status = database.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = IndexEntries(database);
  if (status.ok()) {
    status = database.Execute(fmt::format("INSERT INTO meta VALUES('{}', x'31')", kFilesIndexed));
  }
  status.Update(database.Execute(status.ok() ? "COMMIT" : "ROLLBACK"));
  return status;
}

}  // namespace vigil::registry
