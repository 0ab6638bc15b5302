#include "registry-svc/store/file_revisions.h"

#include <fmt/format.h>

#include "registry-svc/journal/touched.h"

namespace vigil::registry {
namespace {

// Whether a key of `meta` is there.
absl::StatusOr<bool> IsMarked(Database& database, std::string_view key) {
  const absl::StatusOr<int64_t> marks =
      database.QueryInteger(fmt::format("SELECT count(*) FROM meta WHERE key='{}'", key));
  if (!marks.ok()) return marks.status();
  return *marks > 0;
}

// By what `wanted` says of.
template <class Wanted>
absl::Status IndexEntries(Database& database, Wanted wanted) {
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
    std::vector<std::string> files = FilesOf(change);
    std::erase_if(files, [&](const std::string& file) { return !wanted(file); });
    absl::Status s = PutFileRevisions(*put, rows->Integer(0), files);
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
  const absl::StatusOr<bool> files = IsMarked(database, kFilesIndexed);
  if (!files.ok()) return files.status();
  const absl::StatusOr<bool> services = IsMarked(database, kServicesIndexed);
  if (!services.ok()) return services.status();
  if (*files && *services) return absl::OkStatus();
  absl::Status status = database.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  // Without the first mark all is made anew: so an index is repaired, too.
  if (!*files) status = database.Execute("DELETE FROM file_revisions");
  if (status.ok()) {
    status = IndexEntries(database,
                          [&](const std::string& file) { return !*files || IsOfService(file); });
  }
  if (status.ok()) {
    status = database.Execute(
        fmt::format("INSERT OR REPLACE INTO meta VALUES('{}', x'31'), ('{}', x'31')", kFilesIndexed,
                    kServicesIndexed));
  }
  status.Update(database.Execute(status.ok() ? "COMMIT" : "ROLLBACK"));
  return status;
}

}  // namespace vigil::registry
