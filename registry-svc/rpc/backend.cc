#include "registry-svc/rpc/backend.h"

#include <fmt/format.h>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {

Origin OriginOf(const rpc::Caller& caller) {
  return {.actor = caller.name, .request_id = caller.trace_id};
}

absl::StatusOr<std::optional<civil::Day>> ReadAsOf(std::string_view as_of) {
  if (as_of.empty()) return std::optional<civil::Day>();
  const std::optional<civil::Day> day = civil::ParseDay(as_of);
  if (!day) return refusals::BadDate("as_of", as_of);
  return day;
}

bool IsOfAll(std::string_view parent) { return parent.empty() || parent == "cases/-"; }

absl::Status CheckBatch(std::string_view field, int size) {
  constexpr int kMaxBatch = 1000;
  if (size == 0) return refusals::BadField("REQUIRED", field, fmt::format("{}: missing", field));
  if (size <= kMaxBatch) return absl::OkStatus();
  return refusals::BadField("TOO_MANY", field,
                            fmt::format("{}: at most {} in one call", field, kMaxBatch));
}

absl::StatusOr<FilePtr> FindFile(const Snapshot& snapshot, std::string_view field,
                                 std::string_view name) {
  const bool dossier = IsDossierName(name);
  if (!dossier && !IsCaseName(name)) {
    return refusals::BadName(field, "cases/{case} or dossiers/{dossier}");
  }
  FilePtr file = snapshot.Find(name);
  if (file) return file;
  return dossier ? refusals::DossierNotFound(name) : refusals::CaseNotFound(name);
}

bool SeesConfidential(const rpc::Caller& caller) { return caller.role == config::v1::ROLE_ADMIN; }

}  // namespace vigil::registry
