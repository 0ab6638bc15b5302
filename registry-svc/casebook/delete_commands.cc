// Cases and dossiers go softly, and come back.
#include <memory>
#include <string>
#include <utility>

#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry::commands {
namespace {

template <class Message>
std::shared_ptr<const Message> Marked(const Draft& draft, const Message& message, bool deleted) {
  auto out = std::make_shared<Message>(message);
  if (deleted) {
    *out->mutable_delete_time() = Now(draft);
  } else {
    out->clear_delete_time();
  }
  return out;
}

absl::StatusOr<std::string> SetDeleted(Draft& draft, const absl::StatusOr<FilePtr>& found,
                                       std::string_view etag, bool deleted) {
  if (!found.ok()) return found.status();
  CaseFile file = **found;
  std::string name = file.name();
  if (deleted && file.deleted()) return refusals::Deleted(name);
  if (!deleted && !file.deleted()) return refusals::NotDeleted(name);
  if (absl::Status s = CheckEtag(name, file.etag(), etag); !s.ok()) return s;
  if (file.record) file.record = Marked(draft, *file.record, deleted);
  if (file.dossier) file.dossier = Marked(draft, *file.dossier, deleted);
  draft.Change(std::move(file),
               deleted ? v1::CaseChanged::KIND_DELETED : v1::CaseChanged::KIND_UNDELETED);
  return name;
}

}  // namespace

absl::StatusOr<std::string> DeleteCase(Draft& draft, const v1::DeleteCaseRequest& request) {
  return SetDeleted(draft, FindCase(draft, "name", request.name()), request.etag(), true);
}

absl::StatusOr<std::string> UndeleteCase(Draft& draft, const v1::UndeleteCaseRequest& request) {
  return SetDeleted(draft, FindCase(draft, "name", request.name()), request.etag(), false);
}

absl::StatusOr<std::string> DeleteDossier(Draft& draft, const v1::DeleteDossierRequest& request) {
  return SetDeleted(draft, FindDossier(draft, "name", request.name()), request.etag(), true);
}

absl::StatusOr<std::string> UndeleteDossier(Draft& draft,
                                            const v1::UndeleteDossierRequest& request) {
  return SetDeleted(draft, FindDossier(draft, "name", request.name()), request.etag(), false);
}

}  // namespace vigil::registry::commands
