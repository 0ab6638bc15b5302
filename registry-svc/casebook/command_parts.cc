#include "registry-svc/casebook/command_parts.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

constexpr size_t kMaxReason = 4096;

bool Concerns(const v1::Fact& fact, std::string_view name) {
  return std::find(fact.concerns().begin(), fact.concerns().end(), name) != fact.concerns().end();
}

bool IsCorrected(const CheckedFact& old, const v1::Fact& fact) {
  return old.line == fact.lineage() && !old.message->has_retract_time();
}

}  // namespace

google::protobuf::Timestamp Now(const Draft& draft) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(draft.now()));
}

absl::StatusOr<FilePtr> FindLive(const Draft& draft, std::string_view field,
                                 std::string_view name) {
  if (IsDossierName(name)) {
    FilePtr dossier = draft.Find(name);
    if (!dossier) return refusals::DossierNotFound(name);
    if (dossier->deleted()) return refusals::Deleted(name);
    return dossier;
  }
  if (!IsCaseName(name)) return refusals::BadName(field, "cases/{case} or dossiers/{dossier}");
  FilePtr file = draft.Find(name);
  if (!file) return refusals::CaseNotFound(name);
  if (file->deleted()) return refusals::Deleted(name);
  return file;
}

absl::StatusOr<FilePtr> FindCase(const Draft& draft, std::string_view field,
                                 std::string_view name) {
  if (!IsCaseName(name)) return refusals::BadName(field, "cases/{case}");
  FilePtr file = draft.Find(name);
  if (!file) return refusals::CaseNotFound(name);
  return file;
}

absl::StatusOr<FilePtr> FindDossier(const Draft& draft, std::string_view field,
                                    std::string_view name) {
  if (!IsDossierName(name)) return refusals::BadName(field, "dossiers/{dossier}");
  FilePtr file = draft.Find(name);
  if (!file) return refusals::DossierNotFound(name);
  return file;
}

absl::StatusOr<std::string> NewFileName(const Draft& draft, std::string_view collection,
                                        std::string_view prefix, std::string_view field,
                                        const std::string& wanted) {
  if (wanted.empty()) {
    std::string name;
    do {
      name = fmt::format("{}{}{}", collection, prefix, RandomCode(draft.random()));
    } while (draft.Find(name));
    return name;
  }
  if (!IsId(wanted, 4, 40)) {
    return refusals::BadField("BAD_ID", field,
                              fmt::format("{}: write 4 to 40 letters of a-z, 0-9 and -", field));
  }
  const std::string name = fmt::format("{}{}", collection, wanted);
  if (draft.Find(name)) return refusals::AlreadyThere(name);
  return name;
}

absl::Status CheckVocabularies(const Draft& draft, std::string_view field, const v1::Fact& fact) {
  return draft.vocabularies() ? draft.vocabularies()->Check(field, fact) : absl::OkStatus();
}

absl::Status CheckVocabularies(const Draft& draft, std::string_view field, const v1::Case& record,
                               const v1::Case* before) {
  return draft.vocabularies() ? draft.vocabularies()->Check(field, record, before)
                              : absl::OkStatus();
}

absl::Status CheckEtag(std::string_view name, std::string_view present, std::string_view wanted) {
  return wanted.empty() || wanted == present ? absl::OkStatus() : refusals::EtagMismatch(name);
}

absl::Status DoubledConcern(std::string_view field, std::string_view name) {
  return refusals::BadField("DOUBLED", fmt::format("{}.concerns", field),
                            fmt::format("{}.concerns: {} is there twice", field, name));
}

bool CorrectsFor(const CaseFile& file, const v1::Fact& fact, std::string_view name) {
  return std::any_of(file.own->begin(), file.own->end(), [&](const auto& old) {
    return IsCorrected(*old, fact) && Concerns(*old->message, name);
  });
}

absl::Status CheckCorrection(const CaseFile& file, std::string_view field, const v1::Fact& fact) {
  for (const auto& old : *file.own) {
    if (!IsCorrected(*old, fact)) continue;
    for (const std::string& name : old->message->concerns()) {
      if (Concerns(fact, name)) continue;
      return refusals::BadField("MISSING_CONCERN", fmt::format("{}.concerns", field),
                                fmt::format("{}.concerns: a correction names all cases of what it "
                                            "corrects; else retract it and write anew",
                                            field));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReason(std::string_view field, const std::string& reason) {
  if (reason.empty()) {
    return refusals::BadField("REQUIRED", field, fmt::format("{}: missing: say why", field));
  }
  if (reason.size() <= kMaxReason) return absl::OkStatus();
  return refusals::BadField("TEXT_TOO_LONG", field,
                            fmt::format("{}: at most {} bytes", field, kMaxReason));
}

void Sign(const Draft& draft, v1::Fact& fact) {
  *fact.mutable_create_time() = Now(draft);
  fact.set_author(draft.actor());
}

void Retract(Draft& draft, const CheckedFact& fact, const std::string& reason) {
  v1::Fact retracted = *fact.message;
  *retracted.mutable_retract_time() = Now(draft);
  retracted.set_retract_reason(reason);
  retracted.set_retract_author(draft.actor());
  CheckedFact checked = fact;
  checked.message = std::make_shared<const v1::Fact>(retracted);
  PlaceFact(draft, ParentOf(retracted.name()),
            std::make_shared<const CheckedFact>(std::move(checked)));
  draft.PutFact(retracted, true);
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
