#include "registry-svc/casebook/command_parts.h"

#include <google/protobuf/util/time_util.h>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {

google::protobuf::Timestamp Now(const Draft& draft) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(draft.now()));
}

absl::StatusOr<FilePtr> FindLive(const Draft& draft, std::string_view field,
                                 std::string_view name) {
  if (IsDossierName(name)) {
    FilePtr dossier = draft.Find(name);
    if (!dossier) return refusals::DossierNotFound(name);
    return dossier;
  }
  if (!IsCaseName(name)) return refusals::BadName(field, "cases/{case} or dossiers/{dossier}");
  FilePtr file = draft.Find(name);
  if (!file) return refusals::CaseNotFound(name);
  if (file->deleted()) return refusals::CaseDeleted(name);
  return file;
}

absl::StatusOr<FilePtr> FindCase(const Draft& draft, std::string_view field,
                                 std::string_view name) {
  if (!IsCaseName(name)) return refusals::BadName(field, "cases/{case}");
  FilePtr file = draft.Find(name);
  if (!file) return refusals::CaseNotFound(name);
  return file;
}

absl::Status CheckEtag(std::string_view name, std::string_view present, std::string_view wanted) {
  return wanted.empty() || wanted == present ? absl::OkStatus() : refusals::EtagMismatch(name);
}

void PlaceFact(Draft& draft, const std::string& parent,
               const std::shared_ptr<const CheckedFact>& fact) {
  CaseFile file = *draft.Find(parent);
  file.own = WithFact(*file.own, fact);
  draft.Change(std::move(file));
  for (const std::string& name : fact->message->concerns()) {
    const FilePtr other = draft.Find(name);
    if (!other) continue;
    CaseFile changed = *other;
    changed.foreign = WithFact(*changed.foreign, fact);
    draft.Change(std::move(changed));
  }
}

}  // namespace vigil::registry::commands
