#include "registry-svc/rpc/backend.h"

#include <algorithm>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry {
namespace {

bool IsConfidential(const CaseFile& file, const std::string& fact_name) {
  const auto named = [&](const auto& fact) {
    return fact->message->confidential() && fact->message->name() == fact_name;
  };
  return std::any_of(file.own->begin(), file.own->end(), named) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), named);
}

}  // namespace

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

bool HasConfidential(const CaseFile& file) {
  const auto confidential = [](const auto& fact) { return fact->message->confidential(); };
  return std::any_of(file.own->begin(), file.own->end(), confidential) ||
         std::any_of(file.foreign->begin(), file.foreign->end(), confidential);
}

v1::Deadline Veiled(const CaseFile& file, const v1::Deadline& deadline) {
  const bool rests =
      std::any_of(deadline.facts().begin(), deadline.facts().end(),
                  [&](const std::string& fact) { return IsConfidential(file, fact); });
  v1::Deadline out = deadline;
  if (!rests) return out;
  out.clear_explanation();
  out.clear_eligibility_reason();
  out.clear_citation();
  out.add_explanation("It rests on a confidential fact.");
  return out;
}

}  // namespace vigil::registry
