#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <set>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/command_parts.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/import_difference.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/what_if.h"

namespace vigil::registry::commands {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr int kMaxChanges = 1000;
constexpr int kMaxProblems = 100;

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

absl::Status Doubled(const std::string& field, const std::string& name) {
  return refusals::BadField("DOUBLED", field, fmt::format("{}: {} is there twice", field, name));
}

template <class Message>
bool SaysNothing(Message message) {
  message.clear_name();
  return message.ByteSizeLong() == 0;
}

bool SameInput(v1::Fact stored, const v1::Fact& wanted) {
  ClearOutputs(stored);
  return MessageDifferencer::Equals(stored, wanted);
}

// Brings documents into a draft, and goes on after a problem so that all are told.
class Importer {
 public:
  Importer(Draft& draft, std::vector<Document>& documents, v1::ImportFilesResponse& response)
      : draft_(draft), documents_(documents), response_(response) {}

  // Every case and dossier before any fact, as facts may concern them either way.
  void Run() {
    std::vector<Document*> named;
    for (Document& document : documents_) {
      if (Tell(document, "case", Name(document.content))) named.push_back(&document);
    }
    for (Document* document : named) {
      const bool is_case = document->content.has_case_();
      Tell(*document, is_case ? "case" : "dossier",
           is_case ? PutCase(*document) : PutDossier(*document));
    }
    for (Document* document : named) PutFacts(*document);
    TellMoves();
  }

 private:
  // Whether all is well; else the problem is told.
  bool Tell(const Document& document, const std::string& path, const absl::Status& status) {
    if (status.ok()) return true;
    if (response_.problems_size() >= kMaxProblems) {
      response_.set_cut_off(true);
      return false;
    }
    auto metadata = rpc::MetadataOf(status);
    const std::string field = metadata["field"].empty() ? path : metadata["field"];
    const Place place = document.place_of(field);
    std::string message(status.message());
    // The place says it already, unless it is that of something around it.
    const bool there = place.key.ends_with(field) || field.ends_with(place.key);
    if (there && message.starts_with(field + ": ")) message.erase(0, field.size() + 2);
    *response_.add_problems() = ProblemAt(rpc::ReasonOf(status), place, std::move(message));
    return false;
  }

  v1::ImportChange* AddChange(const Document& document, const std::string& path,
                              v1::ImportChange::Kind kind, const std::string& name) {
    changed_.insert(ParentOf(name));
    if (response_.changes_size() >= kMaxChanges) {
      response_.set_cut_off(true);
      return nullptr;
    }
    const Place place = document.place_of(path);
    v1::ImportChange& change = *response_.add_changes();
    change.set_kind(kind);
    change.set_name(name);
    change.set_file(place.file);
    change.set_line(place.line);
    return &change;
  }

  void Unchanged() { response_.set_unchanged(response_.unchanged() + 1); }

  bool Knows(const std::string& name) const { return names_.contains(name) || draft_.Find(name); }

  // Gives the document its full name, and refuses one without or with a doubled one.
  absl::Status Name(v1::CaseDocument& document);
  absl::Status PutCase(Document& document);
  absl::Status PutDossier(Document& document);
  // Of a case or dossier that is there or not, as it would be.
  template <class Message>
  absl::Status PutRecord(const Document& document, const std::string& path, const FilePtr& file,
                         const Message* old, Message wanted,
                         std::shared_ptr<const Message> CaseFile::*member);
  void PutFacts(Document& document);
  absl::Status ResolveFact(const std::string& parent, const std::string& field, v1::Fact& fact);
  absl::Status PutFact(const Document& document, const std::string& parent,
                       const std::string& field, v1::Fact& fact);
  absl::Status PutKnownFact(const Document& document, const std::string& field,
                            const CheckedFact& old, const v1::Fact& fact,
                            const std::string& reason);
  void AppendFact(const Document& document, const std::string& field, CheckedFact checked,
                  const std::string& reason);
  void RetractFact(const Document& document, const std::string& field, const CheckedFact& fact,
                   const std::string& reason);
  void TellMoves();

  Draft& draft_;
  std::vector<Document>& documents_;
  v1::ImportFilesResponse& response_;
  // All that the documents are about.
  std::set<std::string> names_;
  // Of the present document: the facts so far, each with the first of its line.
  std::map<std::string, std::string> lines_;
  // Cases and dossiers that change, of themselves or by a fact.
  std::set<std::string> changed_;
};

absl::Status Importer::Name(v1::CaseDocument& document) {
  if (document.has_case_() == document.has_dossier()) {
    return refusals::BadField("REQUIRED", "case", "case: needs either a case or a dossier");
  }
  std::string* name = document.has_case_() ? document.mutable_case_()->mutable_name()
                                           : document.mutable_dossier()->mutable_name();
  Qualify(document.has_case_() ? "cases/" : "dossiers/", *name);
  if (document.has_case_() && !IsCaseName(*name)) {
    return refusals::BadName("case.name", "cases/{case}");
  }
  if (document.has_dossier() && !IsDossierName(*name)) {
    return refusals::BadName("dossier.name", "dossiers/{dossier}");
  }
  if (names_.insert(*name).second) return absl::OkStatus();
  return Doubled(document.has_case_() ? "case.name" : "dossier.name", *name);
}

template <class Message>
absl::Status Importer::PutRecord(const Document& document, const std::string& path,
                                 const FilePtr& file, const Message* old, Message wanted,
                                 std::shared_ptr<const Message> CaseFile::*member) {
  if (old != nullptr && MessageDifferencer::Equals(*old, wanted)) {
    Unchanged();
    return absl::OkStatus();
  }
  const std::string name = wanted.name();
  if (old != nullptr) {
    if (file->deleted()) return refusals::Deleted(name);
    v1::ImportChange* change = AddChange(document, path, v1::ImportChange::KIND_UPDATED, name);
    if (change != nullptr) *change->mutable_fields() = DifferenceOf(*old, wanted);
    CaseFile changed = *file;
    changed.*member = std::make_shared<const Message>(std::move(wanted));
    RefreshRecord(changed);
    draft_.Change(std::move(changed), v1::CaseChanged::KIND_UPDATED);
    response_.set_updated_cases(response_.updated_cases() + 1);
    return absl::OkStatus();
  }
  wanted.set_uid(RandomUuid(draft_.random()));
  *wanted.mutable_create_time() = Now(draft_);
  CaseFile created;
  created.*member = std::make_shared<const Message>(std::move(wanted));
  draft_.Change(NewCaseFile(std::move(created.record), std::move(created.dossier)),
                v1::CaseChanged::KIND_CREATED);
  AddChange(document, path, v1::ImportChange::KIND_CREATED, name);
  response_.set_created_cases(response_.created_cases() + 1);
  return absl::OkStatus();
}

absl::Status Importer::PutCase(Document& document) {
  v1::Case& stated = *document.content.mutable_case_();
  ClearOutputs(stated);
  const FilePtr file = draft_.Find(stated.name());
  if (SaysNothing(stated)) {
    return file ? absl::OkStatus() : Unknown("case.name", stated.name());
  }
  const v1::Case* const old = file ? file->record.get() : nullptr;
  v1::Case wanted = old != nullptr ? *old : v1::Case();
  Overlay(stated, wanted);
  if (absl::Status s = CheckCase("case", wanted); !s.ok()) return s;
  if (absl::Status s = CheckVocabularies(draft_, "case", wanted, old); !s.ok()) return s;
  return PutRecord(document, "case", file, old, std::move(wanted), &CaseFile::record);
}

absl::Status Importer::PutDossier(Document& document) {
  v1::Dossier& stated = *document.content.mutable_dossier();
  ClearOutputs(stated);
  const FilePtr file = draft_.Find(stated.name());
  if (SaysNothing(stated)) {
    return file ? absl::OkStatus() : Unknown("dossier.name", stated.name());
  }
  std::set<std::string_view> cases;
  for (std::string& name : *stated.mutable_cases()) {
    Qualify("cases/", name);
    if (!Knows(name)) return Unknown("dossier.cases", name);
    if (!cases.insert(name).second) return Doubled("dossier.cases", name);
  }
  const v1::Dossier* const old = file ? file->dossier.get() : nullptr;
  v1::Dossier wanted = old != nullptr ? *old : v1::Dossier();
  Overlay(stated, wanted);
  if (absl::Status s = CheckDossier("dossier", wanted); !s.ok()) return s;
  return PutRecord(document, "dossier", file, old, std::move(wanted), &CaseFile::dossier);
}

void Importer::PutFacts(Document& document) {
  const std::string parent = NameOf(document.content);
  lines_.clear();
  auto& facts = *document.content.mutable_facts();
  for (int i = 0; i < facts.size(); ++i) {
    const std::string field = fmt::format("facts[{}]", i);
    Tell(document, field, PutFact(document, parent, field, facts[i]));
  }
  // Facts may refer to those after them, and to what is there already.
  const auto is_there = [&](const std::string& to) {
    const std::string name = to.find('/') == std::string::npos ? parent + "/facts/" + to : to;
    const FilePtr file = draft_.Find(ParentOf(name));
    if (lines_.contains(name) || (file && file->FindOwn(name))) return true;
    return ParentOf(name) != parent && names_.contains(ParentOf(name));
  };
  for (int i = 0; i < facts.size(); ++i) {
    const std::string field = fmt::format("facts[{}]", i);
    Tell(document, field, CheckReferences(field, facts[i], is_there));
  }
}

absl::Status Importer::ResolveFact(const std::string& parent, const std::string& field,
                                   v1::Fact& fact) {
  Qualify(parent + "/facts/", *fact.mutable_name());
  Qualify(parent + "/facts/", *fact.mutable_lineage());
  if (!IsFactName(fact.name()) || ParentOf(fact.name()) != parent) {
    return refusals::BadName(field + ".name", parent + "/facts/{fact}");
  }
  if (!fact.lineage().empty()) {
    const FilePtr file = draft_.Find(parent);
    const auto first = file ? file->FindOwn(fact.lineage()) : nullptr;
    const auto here = lines_.find(fact.lineage());
    if (!first && here == lines_.end()) return Unknown(field + ".lineage", fact.lineage());
    fact.set_lineage(first ? first->line : here->second);
  }
  const std::string& line = fact.lineage().empty() ? fact.name() : fact.lineage();
  if (!lines_.try_emplace(fact.name(), line).second) return Doubled(field + ".name", fact.name());
  std::set<std::string_view> concerns;
  for (std::string& name : *fact.mutable_concerns()) {
    Qualify("cases/", name);
    if (!IsCaseName(name)) return refusals::BadName(field + ".concerns", "cases/{case}");
    if (name == parent || !Knows(name)) return Unknown(field + ".concerns", name);
    if (!concerns.insert(name).second) return DoubledConcern(field, name);
  }
  return absl::OkStatus();
}

absl::Status Importer::PutFact(const Document& document, const std::string& parent,
                               const std::string& field, v1::Fact& fact) {
  const std::string reason = fact.retract_reason();
  ClearOutputs(fact);
  if (absl::Status s = ResolveFact(parent, field, fact); !s.ok()) return s;
  if (!reason.empty()) {
    absl::Status s = CheckReason(field + ".retract_reason", reason);
    if (!s.ok()) return s;
  }
  const FilePtr file = draft_.Find(parent);
  if (const auto old = file ? file->FindOwn(fact.name()) : nullptr) {
    return PutKnownFact(document, field, *old, fact, reason);
  }
  Sign(draft_, fact);
  absl::StatusOr<CheckedFact> checked = CheckInput(field, fact);
  if (!checked.ok()) return checked.status();
  if (absl::Status s = CheckVocabularies(draft_, field, fact); !s.ok()) return s;
  // Of a case that is refused the facts are checked only.
  if (!file) return absl::OkStatus();
  if (file->deleted()) return refusals::Deleted(parent);
  if (absl::Status s = CheckCorrection(*file, field, fact); !s.ok()) return s;
  AppendFact(document, field, *std::move(checked), reason);
  return absl::OkStatus();
}

absl::Status Importer::PutKnownFact(const Document& document, const std::string& field,
                                    const CheckedFact& old, const v1::Fact& fact,
                                    const std::string& reason) {
  if (old.message->has_erase_time()) return refusals::ErasedForGood(fact.name());
  if (!SameInput(*old.message, fact)) return refusals::ImportDiffers(field, fact.name());
  if (reason.empty() || old.message->retract_reason() == reason) {
    Unchanged();
    return absl::OkStatus();
  }
  if (old.message->has_retract_time()) return refusals::ImportDiffers(field, fact.name());
  RetractFact(document, field, CheckedFact(old), reason);
  return absl::OkStatus();
}

void Importer::AppendFact(const Document& document, const std::string& field, CheckedFact checked,
                          const std::string& reason) {
  const auto shared = std::make_shared<const CheckedFact>(std::move(checked));
  const v1::Fact& fact = *shared->message;
  PlaceFact(draft_, ParentOf(fact.name()), shared);
  draft_.PutFact(fact, false);
  AddChange(document, field, v1::ImportChange::KIND_APPENDED, fact.name());
  changed_.insert(fact.concerns().begin(), fact.concerns().end());
  response_.set_appended_facts(response_.appended_facts() + 1);
  if (!reason.empty()) RetractFact(document, field, *shared, reason);
}

void Importer::RetractFact(const Document& document, const std::string& field,
                           const CheckedFact& fact, const std::string& reason) {
  const v1::Fact& message = *fact.message;
  changed_.insert(message.concerns().begin(), message.concerns().end());
  AddChange(document, field, v1::ImportChange::KIND_RETRACTED, message.name());
  response_.set_retracted_facts(response_.retracted_facts() + 1);
  Retract(draft_, fact, reason);
}

// Derives once more what the end of the step derives too: 20 µs a file, and a pure function.
void Importer::TellMoves() {
  for (const std::string& name : changed_) {
    const FilePtr before = draft_.base().Find(name), after = draft_.Find(name);
    if (!before || !after) continue;
    const civil::Day day = LocalDay(draft_.now(), after->zone);
    const DayReading was = ReadOn(*before, draft_.rules(), day);
    const DayReading will_be = ReadOn(*after, draft_.rules(), day);
    for (v1::DeadlineMove& move :
         MovesBetween({*before, was}, {*after, will_be}, /*veil=*/false, /*unchanged=*/false)) {
      if (response_.moves_size() >= kMaxChanges) return response_.set_cut_off(true);
      *response_.add_moves() = std::move(move);
    }
  }
}

}  // namespace

void ImportDocuments(Draft& draft, std::vector<Document>& documents,
                     v1::ImportFilesResponse& response) {
  Importer(draft, documents, response).Run();
}

}  // namespace vigil::registry::commands
