#include <fmt/format.h>
#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <array>

#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::FieldMaskUtil;

// What UpdateCase may change.
constexpr std::array<std::string_view, 7> kMutable = {
    "display_name", "person", "country", "place", "tags", "mandate", "time_zone"};

absl::StatusOr<std::string> NewCaseName(const Draft& draft, const std::string& wanted) {
  if (wanted.empty()) {
    std::string name;
    do {
      name = "cases/c-" + RandomCode(draft.random());
    } while (draft.Find(name));
    return name;
  }
  if (!IsId(wanted, 4, 40)) {
    return refusals::BadField("BAD_ID", "case_id",
                              "case_id: write 4 to 40 letters of a-z, 0-9 and -");
  }
  const std::string name = "cases/" + wanted;
  if (draft.Find(name)) return refusals::AlreadyThere(name);
  return name;
}

FieldMask PopulatedFields(const v1::Case& record) {
  FieldMask mask;
  for (const std::string_view path : kMutable) {
    const auto* field = v1::Case::descriptor()->FindFieldByName(std::string(path));
    const bool set = field->is_repeated() ? record.GetReflection()->FieldSize(record, field) > 0
                                          : record.GetReflection()->HasField(record, field);
    if (set) mask.add_paths(std::string(path));
  }
  return mask;
}

absl::StatusOr<FieldMask> MaskOf(const v1::UpdateCaseRequest& request) {
  FieldMask mask;
  if (request.update_mask().paths().empty()) return PopulatedFields(request.case_());
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "*") {
      for (const std::string_view name : kMutable) mask.add_paths(std::string(name));
      continue;
    }
    const std::string_view root = std::string_view(path).substr(0, path.find('.'));
    if (std::find(kMutable.begin(), kMutable.end(), root) == kMutable.end() ||
        !FieldMaskUtil::IsValidPath<v1::Case>(path)) {
      return refusals::BadField(
          "BAD_MASK", "update_mask",
          fmt::format("update_mask: '{}' is no field of a case that can be changed",
                      path.substr(0, 80)));
    }
    mask.add_paths(path);
  }
  return mask;
}

absl::StatusOr<std::string> SetDeleted(Draft& draft, const FilePtr& file, bool deleted) {
  auto record = std::make_shared<v1::Case>(*file->record);
  if (deleted) {
    *record->mutable_delete_time() = Now(draft);
  } else {
    record->clear_delete_time();
  }
  CaseFile changed = *file;
  changed.record = std::move(record);
  const std::string name = changed.name();
  draft.Change(std::move(changed),
               deleted ? v1::CaseChanged::KIND_DELETED : v1::CaseChanged::KIND_UNDELETED);
  return name;
}

}  // namespace

absl::StatusOr<std::string> CreateCase(Draft& draft, const v1::CreateCaseRequest& request) {
  v1::Case record = request.case_();
  ClearOutputs(record);
  if (absl::Status s = CheckCase("case", record); !s.ok()) return s;
  absl::StatusOr<std::string> name = NewCaseName(draft, request.case_id());
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
  absl::StatusOr<FieldMask> mask = MaskOf(request);
  if (!mask.ok()) return mask.status();

  v1::Case record = *(*file)->record;
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(request.case_(), *mask, options, &record);
  if (absl::Status s = CheckCase("case", record); !s.ok()) return s;

  CaseFile changed = **file;
  changed.record = std::make_shared<const v1::Case>(std::move(record));
  RefreshRecord(changed);
  draft.Change(std::move(changed), v1::CaseChanged::KIND_UPDATED);
  return name;
}

absl::StatusOr<std::string> DeleteCase(Draft& draft, const v1::DeleteCaseRequest& request) {
  absl::StatusOr<FilePtr> file = FindCase(draft, "name", request.name());
  if (!file.ok()) return file.status();
  if ((*file)->deleted()) return refusals::CaseDeleted(request.name());
  if (absl::Status s = CheckEtag(request.name(), (*file)->etag(), request.etag()); !s.ok())
    return s;
  return SetDeleted(draft, *file, true);
}

absl::StatusOr<std::string> UndeleteCase(Draft& draft, const v1::UndeleteCaseRequest& request) {
  absl::StatusOr<FilePtr> file = FindCase(draft, "name", request.name());
  if (!file.ok()) return file.status();
  if (!(*file)->deleted()) return refusals::CaseNotDeleted(request.name());
  if (absl::Status s = CheckEtag(request.name(), (*file)->etag(), request.etag()); !s.ok())
    return s;
  return SetDeleted(draft, *file, false);
}

}  // namespace vigil::registry::commands
