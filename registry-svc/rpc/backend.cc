#include "registry-svc/rpc/backend.h"

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

v1::Fact Shown(const v1::Fact& fact, bool sees_confidential) {
  if (!fact.confidential() || sees_confidential) return fact;
  v1::Fact out;
  out.set_name(fact.name());
  out.set_lineage(fact.lineage());
  out.set_confidential(true);
  if (fact.has_create_time()) *out.mutable_create_time() = fact.create_time();
  if (fact.has_retract_time()) *out.mutable_retract_time() = fact.retract_time();
  return out;
}

}  // namespace vigil::registry
