#include <array>

#include "common/rpc/update_mask.h"
#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

// What UpdateCase may change.
constexpr std::array<std::string_view, 7> kMutable = {
    "display_name", "person", "country", "place", "tags", "mandate", "time_zone"};

}  // namespace

absl::StatusOr<std::string> CreateCase(Draft& draft, const v1::CreateCaseRequest& request) {
  v1::Case record = request.case_();
  ClearOutputs(record);
  if (absl::Status s = CheckCase("case", record); !s.ok()) return s;
  if (absl::Status s = CheckVocabularies(draft, "case", record, nullptr); !s.ok()) return s;
  absl::StatusOr<std::string> name =
      NewFileName(draft, "cases/", "c-", "case_id", request.case_id());
  if (!name.ok()) return name;
  record.set_name(*name);
  record.set_uid(RandomUuid(draft.random()));
  *record.mutable_create_time() = Now(draft);
  draft.Change(NewCaseFile(std::make_shared<const v1::Case>(std::move(record)), nullptr),
               v1::CaseChanged::KIND_CREATED);
  return name;
}

absl::StatusOr<std::string> UpdateCase(Draft& draft, const v1::UpdateCaseRequest& request) {
  absl::StatusOr<FilePtr> file = FindLive(draft, "case.name", request.case_().name());
  if (!file.ok()) return file.status();
  if (!(*file)->record) return refusals::BadName("case.name", "cases/{case}");
  const std::string name = (*file)->name();
  if (absl::Status s = CheckEtag(name, (*file)->etag(), request.case_().etag()); !s.ok()) return s;
  absl::StatusOr<google::protobuf::FieldMask> mask =
      rpc::MaskOf(request.case_(), request.update_mask(), kMutable);
  if (!mask.ok()) return mask.status();

  v1::Case record = *(*file)->record;
  rpc::Merge(request.case_(), *mask, record);
  if (absl::Status s = CheckCase("case", record); !s.ok()) return s;
  if (absl::Status s = CheckVocabularies(draft, "case", record, (*file)->record.get()); !s.ok())
    return s;

  CaseFile changed = **file;
  changed.record = std::make_shared<const v1::Case>(std::move(record));
  RefreshRecord(changed);
  draft.Change(std::move(changed), v1::CaseChanged::KIND_UPDATED);
  return name;
}

}  // namespace vigil::registry::commands
