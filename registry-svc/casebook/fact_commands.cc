#include <fmt/format.h>

#include <set>
#include <string_view>

#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

constexpr int kMaxConcerns = 1000;

absl::StatusOr<std::string> NewFactName(const Draft& draft, const CaseFile& file,
                                        const std::string& wanted) {
  const std::string prefix = file.name() + "/facts/";
  if (wanted.empty()) {
    std::string name;
    do {
      name = prefix + RandomCode(draft.random());
    } while (file.FindOwn(name));
    return name;
  }
  if (!IsId(wanted, 1, 40)) {
    return refusals::BadField("BAD_ID", "fact_id",
                              "fact_id: write 1 to 40 letters of a-z, 0-9 and -");
  }
  if (file.FindOwn(prefix + wanted)) return refusals::AlreadyThere(prefix + wanted);
  return prefix + wanted;
}

// The first fact of the line that `lineage` names, by full name or bare id.
absl::StatusOr<std::string> ResolveLine(const CaseFile& file, const std::string& lineage) {
  if (lineage.empty()) return lineage;
  const bool bare = lineage.find('/') == std::string::npos;
  const std::string name = bare ? file.name() + "/facts/" + lineage : lineage;
  const std::shared_ptr<const CheckedFact> fact = file.FindOwn(name);
  if (fact) return fact->line;
  return refusals::BadField("UNKNOWN_LINEAGE", "fact.lineage",
                            fmt::format("fact.lineage: {} has no fact of that name", file.name()));
}

// A fact of the file by its id, or any by its full name.
bool FactIsThere(const Draft& draft, const CaseFile& file, const std::string& to) {
  if (to.find('/') == std::string::npos)
    return file.FindOwn(file.name() + "/facts/" + to) != nullptr;
  const FilePtr holder = draft.Find(ParentOf(to));
  return holder && holder->FindOwn(to);
}

absl::Status CheckConcerns(const Draft& draft, const CaseFile& file, const v1::Fact& fact) {
  if (fact.concerns_size() > kMaxConcerns) {
    return refusals::BadField("TOO_MANY", "fact.concerns",
                              fmt::format("fact.concerns: at most {}", kMaxConcerns));
  }
  std::set<std::string_view> names;
  for (const std::string& name : fact.concerns()) {
    if (!IsCaseName(name)) return refusals::BadName("fact.concerns", "cases/{case}");
    if (!names.insert(name).second) return DoubledConcern("fact", name);
    const FilePtr other = draft.Find(name);
    // A mistake is also corrected where it concerns a case that was deleted since.
    const bool live = other && (!other->deleted() || CorrectsFor(file, fact, name));
    if (live && name != file.name()) continue;
    return refusals::BadField("UNKNOWN_CASE", "fact.concerns",
                              fmt::format("fact.concerns: {} is no other live case", name));
  }
  return CheckCorrection(file, "fact", fact);
}

}  // namespace

absl::StatusOr<std::string> CreateFact(Draft& draft, const v1::CreateFactRequest& request) {
  absl::StatusOr<FilePtr> file = FindLive(draft, "parent", request.parent());
  if (!file.ok()) return file.status();
  v1::Fact fact = request.fact();
  ClearOutputs(fact);
  absl::StatusOr<std::string> name = NewFactName(draft, **file, request.fact_id());
  if (!name.ok()) return name;
  absl::StatusOr<std::string> line = ResolveLine(**file, fact.lineage());
  if (!line.ok()) return line;
  fact.set_name(*name);
  fact.set_lineage(*line);
  if (absl::Status s = CheckConcerns(draft, **file, fact); !s.ok()) return s;
  Sign(draft, fact);
  absl::StatusOr<CheckedFact> checked = CheckInput("fact", fact);
  if (!checked.ok()) return checked.status();
  if (absl::Status s = CheckVocabularies(draft, "fact", fact); !s.ok()) return s;
  const auto is_there = [&](const std::string& to) { return FactIsThere(draft, **file, to); };
  if (absl::Status s = CheckReferences("fact", fact, is_there); !s.ok()) return s;
  PlaceFact(draft, request.parent(), std::make_shared<const CheckedFact>(*std::move(checked)));
  draft.PutFact(fact, false);
  return name;
}

absl::StatusOr<std::string> RetractFact(Draft& draft, const v1::RetractFactRequest& request) {
  if (!IsFactName(request.name())) {
    return refusals::BadName("name", "cases/{case}/facts/{fact}");
  }
  if (absl::Status s = CheckReason("reason", request.reason()); !s.ok()) return s;
  const std::string parent = ParentOf(request.name());
  absl::StatusOr<FilePtr> file = FindLive(draft, "name", parent);
  if (!file.ok()) return file.status();
  const std::shared_ptr<const CheckedFact> old = (*file)->FindOwn(request.name());
  if (!old) return refusals::FactNotFound(request.name());
  if (old->message->has_erase_time()) return refusals::FactErased(request.name());
  if (old->message->has_retract_time()) return refusals::FactRetracted(request.name());
  if (absl::Status s = CheckEtag(parent, (*file)->etag(), request.etag()); !s.ok()) return s;
  Retract(draft, *old, request.reason());
  return request.name();
}

}  // namespace vigil::registry::commands
