#include "registry-svc/audit/expected_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry-svc/audit/row_fault.h"
#include "registry-svc/journal/touched.h"
#include "registry-svc/store/file_revisions.h"

namespace vigil::registry {
namespace {

// Whether the entry of this payload tells of the file; one that is not there tells of nothing.
bool TellsOf(std::string_view payload, const std::string& file) {
  v1::Change change;
  if (!change.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return false;
  const std::vector<std::string> files = FilesOf(change);
  return std::binary_search(files.begin(), files.end(), file);
}

}  // namespace

absl::StatusOr<ExpectedIndex> ExpectedIndex::Open(Database& database) {
  ExpectedIndex out(database);
  absl::StatusOr<int64_t> table =
      database.QueryInteger("SELECT count(*) FROM sqlite_master WHERE name='file_revisions'");
  if (!table.ok()) return table.status();
  if (*table == 0) return out;
  absl::StatusOr<int64_t> marks =
      database.QueryInteger(fmt::format("SELECT (SELECT count(*) FROM meta WHERE key='{}') + "
                                        "EXISTS(SELECT 1 FROM file_revisions)",
                                        kFilesIndexed));
  if (!marks.ok()) return marks.status();
  out.indexed_ = *marks > 0;
  if (!out.indexed_) return out;
  const absl::StatusOr<int64_t> services = database.QueryInteger(
      fmt::format("SELECT count(*) FROM meta WHERE key='{}'", kServicesIndexed));
  if (!services.ok()) return services.status();
  out.services_ = *services > 0;
  absl::StatusOr<Statement> has =
      database.Prepare("SELECT 1 FROM file_revisions WHERE file=? AND revision=?");
  if (!has.ok()) return has.status();
  out.has_ = *std::move(has);
  return out;
}

absl::Status ExpectedIndex::Fold(int64_t revision, const v1::Change& change) {
  if (!indexed_) return absl::OkStatus();
  for (const std::string& file : FilesOf(change)) {
    if (!services_ && IsOfService(file)) continue;
    ++expected_;
    absl::StatusOr<bool> row = has_.Bind(1, file).Bind(2, revision).Step();
    if (!row.ok()) return row.status();
    has_.Reset();
    if (*row) continue;
    ++missing_;
    if (first_missing_.size() < kMaxRowFaults) first_missing_.emplace_back(file, revision);
  }
  return absl::OkStatus();
}

absl::Status ExpectedIndex::Compare(v1::VerifyAuditResponse& out) {
  if (!indexed_) return absl::OkStatus();
  for (const auto& [file, revision] : first_missing_) {
    AddRowFault(out, file, fmt::format("the index of revisions lacks revision {}", revision));
  }
  absl::StatusOr<int64_t> rows = database_->QueryInteger("SELECT count(*) FROM file_revisions");
  if (!rows.ok()) return rows.status();
  return *rows == expected_ - missing_ ? absl::OkStatus() : FindForeign(out);
}

absl::Status ExpectedIndex::FindForeign(v1::VerifyAuditResponse& out) {
  absl::StatusOr<Statement> rows = database_->Prepare(
      "SELECT file, i.revision, coalesce(payload, x'') FROM file_revisions i "
      "LEFT JOIN journal j ON j.revision = i.revision");
  if (!rows.ok()) return rows.status();
  absl::StatusOr<bool> row = true;
  while (out.faults_size() < kMaxRowFaults && (row = rows->Step()).ok() && *row) {
    const std::string file(rows->Text(0));
    if (TellsOf(rows->Blob(2), file)) continue;
    AddRowFault(out, file,
                fmt::format("the index of revisions holds revision {}, which tells nothing of it",
                            rows->Integer(1)));
  }
  return row.status();
}

}  // namespace vigil::registry
