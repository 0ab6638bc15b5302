#include <fmt/format.h>
#include <google/protobuf/util/field_mask_util.h>

#include <array>

#include "common/rpc/update_mask.h"
#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

// What UpdateDossier may change.
constexpr std::array<std::string_view, 3> kMutable = {"display_name", "cases", "time_zone"};

absl::Status CheckCases(const Draft& draft, const v1::Dossier& dossier) {
  std::set<std::string_view> names;
  for (const std::string& name : dossier.cases()) {
    if (!draft.Find(name)) {
      return refusals::BadField("UNKNOWN_CASE", "dossier.cases",
                                fmt::format("dossier.cases: there is no {}", name));
    }
    if (!names.insert(name).second) {
      return refusals::BadField("DOUBLED", "dossier.cases",
                                fmt::format("dossier.cases: {} is there twice", name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CreateDossier(Draft& draft, const v1::CreateDossierRequest& request) {
  v1::Dossier dossier = request.dossier();
  ClearOutputs(dossier);
  if (absl::Status s = CheckDossier("dossier", dossier); !s.ok()) return s;
  if (absl::Status s = CheckCases(draft, dossier); !s.ok()) return s;
  const absl::StatusOr<std::string> name =
      NewFileName(draft, "dossiers/", "d-", "dossier_id", request.dossier_id());
  if (!name.ok()) return name;
  dossier.set_name(*name);
  dossier.set_uid(RandomUuid(draft.random()));
  *dossier.mutable_create_time() = Now(draft);
  draft.Change(NewCaseFile(nullptr, std::make_shared<const v1::Dossier>(std::move(dossier))),
               v1::CaseChanged::KIND_CREATED);
  return name;
}

absl::StatusOr<std::string> UpdateDossier(Draft& draft, const v1::UpdateDossierRequest& request) {
  const std::string& name = request.dossier().name();
  const absl::StatusOr<FilePtr> found = FindDossier(draft, "dossier.name", name);
  if (!found.ok()) return found.status();
  const FilePtr& file = *found;
  if (file->deleted()) return refusals::Deleted(name);
  if (absl::Status s = CheckEtag(name, file->etag(), request.dossier().etag()); !s.ok()) return s;
  const absl::StatusOr<google::protobuf::FieldMask> mask =
      rpc::MaskOf(request.dossier(), request.update_mask(), kMutable);
  if (!mask.ok()) return mask.status();

  v1::Dossier dossier = *file->dossier;
  rpc::Merge(request.dossier(), *mask, dossier);
  if (absl::Status s = CheckDossier("dossier", dossier); !s.ok()) return s;
  if (absl::Status s = CheckCases(draft, dossier); !s.ok()) return s;
  CaseFile changed = *file;
  changed.dossier = std::make_shared<const v1::Dossier>(std::move(dossier));
  RefreshRecord(changed);
  draft.Change(std::move(changed), v1::CaseChanged::KIND_UPDATED);
  return name;
}

}  // namespace vigil::registry::commands
