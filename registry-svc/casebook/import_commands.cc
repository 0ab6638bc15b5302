#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <set>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"

namespace vigil::registry::commands {
namespace {

using google::protobuf::util::MessageDifferencer;

std::string NameOf(const v1::CaseDocument& document) {
  return document.has_case_() ? document.case_().name() : document.dossier().name();
}

// A bare id becomes a full name.
void Qualify(std::string_view prefix, std::string& name) {
  if (!name.empty() && name.find('/') == std::string::npos) name = std::string(prefix) + name;
}

absl::Status Unknown(const std::string& field, const std::string& name) {
  return refusals::BadField("UNKNOWN_REFERENCE", field,
                            fmt::format("{}: {} is neither here nor in the registry", field, name));
}

// Names of all that a document may refer to.
struct Known {
  const Draft& draft;
  std::set<std::string> names;

  bool Has(const std::string& name) const { return names.contains(name) || draft.Find(name); }
};

absl::Status ResolveFact(const std::string& parent, const std::string& field, const Known& known,
                         std::set<std::string>& ids, v1::Fact& fact) {
  Qualify(parent + "/facts/", *fact.mutable_name());
  Qualify(parent + "/facts/", *fact.mutable_lineage());
  if (!IsFactName(fact.name()) || ParentOf(fact.name()) != parent) {
    return refusals::BadName(field + ".name", parent + "/facts/{fact}");
  }
  if (!fact.lineage().empty() && !ids.contains(fact.lineage())) {
    return Unknown(field + ".lineage", fact.lineage());
  }
  if (!ids.insert(fact.name()).second) {
    return refusals::BadField("DOUBLED", field + ".name",
                              fmt::format("{}.name: {} is there twice", field, fact.name()));
  }
  std::set<std::string_view> concerns;
  for (std::string& name : *fact.mutable_concerns()) {
    Qualify("cases/", name);
    if (!IsCaseName(name)) return refusals::BadName(field + ".concerns", "cases/{case}");
    if (name == parent || !known.Has(name)) return Unknown(field + ".concerns", name);
    if (!concerns.insert(name).second) return DoubledConcern(field, name);
  }
  ClearOutputs(fact);
  if (absl::Status s = CheckInput(field, fact).status(); !s.ok()) return s;
  return CheckVocabularies(known.draft, field, fact);
}

absl::Status ResolveDocument(const std::string& field, const Known& known,
                             v1::CaseDocument& document) {
  if (document.has_case_()) {
    ClearOutputs(*document.mutable_case_());
    const v1::Case& record = document.case_();
    if (absl::Status s = CheckCase(field + ".case", *document.mutable_case_()); !s.ok()) return s;
    const FilePtr old = known.draft.Find(record.name());
    absl::Status s =
        CheckVocabularies(known.draft, field + ".case", record, old ? old->record.get() : nullptr);
    if (!s.ok()) return s;
  } else {
    ClearOutputs(*document.mutable_dossier());
    for (std::string& name : *document.mutable_dossier()->mutable_cases()) {
      Qualify("cases/", name);
      if (!known.Has(name)) return Unknown(field + ".dossier.cases", name);
    }
    if (absl::Status s = CheckDossier(field + ".dossier", *document.mutable_dossier()); !s.ok())
      return s;
  }
  const std::string parent = NameOf(document);
  std::set<std::string> ids;
  for (int i = 0; i < document.facts_size(); ++i) {
    const std::string fact = fmt::format("{}.facts[{}]", field, i);
    absl::Status s = ResolveFact(parent, fact, known, ids, *document.mutable_facts(i));
    if (!s.ok()) return s;
  }
  // Facts may refer to those after them, and to what is there already.
  const FilePtr there = known.draft.Find(parent);
  const auto is_there = [&](const std::string& to) {
    const std::string name = to.find('/') == std::string::npos ? parent + "/facts/" + to : to;
    if (ids.contains(name) || (there && there->FindOwn(name))) return true;
    return ParentOf(name) != parent && known.Has(ParentOf(name));
  };
  for (int i = 0; i < document.facts_size(); ++i) {
    absl::Status s =
        CheckReferences(fmt::format("{}.facts[{}]", field, i), document.facts(i), is_there);
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

// Gives the document its full name, and refuses one without or with a doubled one.
absl::Status Name(const std::string& field, std::set<std::string>& names,
                  v1::CaseDocument& document) {
  if (document.has_case_() == document.has_dossier()) {
    return refusals::BadField("REQUIRED", field,
                              fmt::format("{}: needs either a case or a dossier", field));
  }
  std::string* name = document.has_case_() ? document.mutable_case_()->mutable_name()
                                           : document.mutable_dossier()->mutable_name();
  Qualify(document.has_case_() ? "cases/" : "dossiers/", *name);
  if (document.has_case_() && !IsCaseName(*name)) {
    return refusals::BadName(field + ".case.name", "cases/{case}");
  }
  if (document.has_dossier() && !IsDossierName(*name)) {
    return refusals::BadName(field + ".dossier.name", "dossiers/{dossier}");
  }
  if (names.insert(*name).second) return absl::OkStatus();
  return refusals::BadField("DOUBLED", field, fmt::format("{}: {} is there twice", field, *name));
}

bool SameInput(v1::Case stored, const v1::Case& wanted) {
  ClearOutputs(stored);
  return MessageDifferencer::Equals(stored, wanted);
}

bool SameInput(v1::Dossier stored, const v1::Dossier& wanted) {
  ClearOutputs(stored);
  return MessageDifferencer::Equals(stored, wanted);
}

bool SameInput(v1::Fact stored, const v1::Fact& wanted) {
  ClearOutputs(stored);
  return MessageDifferencer::Equals(stored, wanted);
}

CaseFile NewFile(const Draft& draft, const v1::CaseDocument& document) {
  if (document.has_case_()) {
    auto record = std::make_shared<v1::Case>(document.case_());
    record->set_uid(RandomUuid(draft.random()));
    *record->mutable_create_time() = Now(draft);
    return NewCaseFile(std::move(record), nullptr);
  }
  auto dossier = std::make_shared<v1::Dossier>(document.dossier());
  dossier->set_uid(RandomUuid(draft.random()));
  *dossier->mutable_create_time() = Now(draft);
  return NewCaseFile(nullptr, std::move(dossier));
}

absl::Status PutFile(Draft& draft, const v1::CaseDocument& document, WaitingFacts& waiting,
                     v1::ImportCasesResponse& counts) {
  const std::string name = NameOf(document);
  if (const FilePtr old = draft.Find(name)) {
    const bool same = old->record ? SameInput(*old->record, document.case_())
                                  : SameInput(*old->dossier, document.dossier());
    if (!same) return refusals::ImportDiffers(name);
    counts.set_unchanged(counts.unchanged() + 1);
    return absl::OkStatus();
  }
  CaseFile file = NewFile(draft, document);
  if (const auto facts = waiting.find(name); facts != waiting.end()) {
    file.foreign = std::make_shared<const FactList>(std::move(facts->second));
    waiting.erase(facts);
  }
  draft.Change(std::move(file), v1::CaseChanged::KIND_CREATED);
  counts.set_created_cases(counts.created_cases() + 1);
  return absl::OkStatus();
}

// The line's first fact is one of the document's earlier facts.
void SetLine(const CaseFile& file, v1::Fact& fact) {
  if (fact.lineage().empty()) return;
  if (const auto first = file.FindOwn(fact.lineage())) fact.set_lineage(first->line);
}

absl::Status PutFact(Draft& draft, const std::string& parent, v1::Fact fact, std::string_view field,
                     WaitingFacts& waiting, v1::ImportCasesResponse& counts) {
  const FilePtr file = draft.Find(parent);
  SetLine(*file, fact);
  if (const auto old = file->FindOwn(fact.name())) {
    if (!SameInput(*old->message, fact)) return refusals::ImportDiffers(fact.name());
    counts.set_unchanged(counts.unchanged() + 1);
    return absl::OkStatus();
  }
  if (file->deleted()) return refusals::CaseDeleted(parent);
  if (absl::Status s = CheckCorrection(*file, field, fact); !s.ok()) return s;
  *fact.mutable_create_time() = Now(draft);
  absl::StatusOr<CheckedFact> checked = CheckInput(field, fact);
  if (!checked.ok()) return checked.status();
  const auto shared = std::make_shared<const CheckedFact>(*std::move(checked));
  PlaceFact(draft, parent, shared);
  for (const std::string& name : fact.concerns()) {
    if (!draft.Find(name)) waiting[name].push_back(shared);
  }
  draft.PutFact(fact, false);
  counts.set_created_facts(counts.created_facts() + 1);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::CaseDocument>> ResolveDocuments(
    const Draft& draft, const v1::ImportCasesRequest& request) {
  std::vector<v1::CaseDocument> documents(request.documents().begin(), request.documents().end());
  Known known{.draft = draft, .names = {}};
  for (size_t i = 0; i < documents.size(); ++i) {
    absl::Status s = Name(fmt::format("documents[{}]", i), known.names, documents[i]);
    if (!s.ok()) return s;
  }
  for (size_t i = 0; i < documents.size(); ++i) {
    // The name says more than a number where the files are many.
    absl::Status s = ResolveDocument(fmt::format("documents[{}]", i), known, documents[i]);
    if (!s.ok()) return rpc::Annotate(s, NameOf(documents[i]) + ": ");
  }
  return documents;
}

absl::Status ImportDocument(Draft& draft, const v1::CaseDocument& document, std::string_view field,
                            WaitingFacts& waiting, v1::ImportCasesResponse& counts) {
  if (absl::Status s = PutFile(draft, document, waiting, counts); !s.ok()) return s;
  const std::string parent = NameOf(document);
  for (int i = 0; i < document.facts_size(); ++i) {
    absl::Status s = PutFact(draft, parent, document.facts(i),
                             fmt::format("{}.facts[{}]", field, i), waiting, counts);
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

void TurnDay(Draft& draft, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const FilePtr file = draft.Find(name);
    if (file && file->present->until <= draft.now()) draft.Turn(*file);
  }
}

}  // namespace vigil::registry::commands
