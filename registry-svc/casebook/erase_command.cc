#include <fmt/format.h>

#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry::commands {
namespace {

constexpr size_t kMaxReason = 4096;

absl::StatusOr<FilePtr> Find(const Draft& draft, const std::string& name) {
  if (!IsCaseName(name) && !IsDossierName(name)) {
    return refusals::BadName("name", "cases/{case} or dossiers/{dossier}");
  }
  FilePtr file = draft.Find(name);
  if (file) return file;
  return IsCaseName(name) ? refusals::CaseNotFound(name) : refusals::DossierNotFound(name);
}

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty()) {
    return refusals::BadField("REQUIRED", "reason", "reason: missing: say why");
  }
  if (reason.size() <= kMaxReason) return absl::OkStatus();
  return refusals::BadField("TEXT_TOO_LONG", "reason",
                            fmt::format("reason: at most {} bytes", kMaxReason));
}

void EraseFact(Draft& draft, const std::string& parent, const CheckedFact& fact) {
  CheckedFact shell;
  shell.line = fact.line;
  auto message = std::make_shared<v1::Fact>(Veiled(*fact.message));
  *message->mutable_erase_time() = Now(draft);
  shell.message = message;
  PlaceFact(draft, parent, std::make_shared<const CheckedFact>(std::move(shell)));
  draft.PutFact(*message, message->has_retract_time());
}

}  // namespace

absl::StatusOr<Erasure> EraseCase(Draft& draft, const v1::EraseCaseRequest& request) {
  absl::StatusOr<FilePtr> found = Find(draft, request.name());
  if (!found.ok()) return found.status();
  if (absl::Status s = CheckReason(request.reason()); !s.ok()) return s;
  absl::Status matches = CheckEtag(request.name(), (*found)->etag(), request.etag());
  if (!matches.ok()) return matches;
  Erasure erasure{.keys = draft.store().vault().Retire(request.name())};
  const std::shared_ptr<const FactList> facts = (*found)->own;  // the step replaces it
  for (const auto& fact : *facts) {
    if (!fact->message->confidential() || fact->message->has_erase_time()) continue;
    EraseFact(draft, request.name(), *fact);
    ++erasure.facts;
  }
  if (erasure.facts == 0 && erasure.keys.empty()) return erasure;
  CaseFile file = *draft.Find(request.name());
  if (file.record) {
    auto record = std::make_shared<v1::Case>(*file.record);
    *record->mutable_erase_time() = Now(draft);
    file.record = std::move(record);
  }
  std::optional<v1::CaseChanged::Kind> kind;
  if (file.record) kind = v1::CaseChanged::KIND_UPDATED;
  draft.Change(std::move(file), kind);
  v1::CaseErased erased;
  erased.set_parent(request.name());
  erased.set_reason(request.reason());
  for (const std::string& key : erasure.keys) erased.add_keys(key);
  draft.PutErasure(std::move(erased));
  return erasure;
}

}  // namespace vigil::registry::commands
