#include "registry-svc/casebook/casebook.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/synchronization/notification.h"
#include "common/log/log.h"
#include "registry-svc/casebook/commands.h"
#include "registry-svc/casebook/loading.h"
#include "registry-svc/casebook/once.h"
#include "registry-svc/casebook/refusals.h"
#include "registry-svc/casebook/search_fill.h"
#include "registry-svc/casebook/validate.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

// Files derived anew in one revision of a day turn: keeps the change well below 4 MiB, what a
// client takes unless told otherwise.
constexpr size_t kTurnPart = 50;
// Parts in the queue at one time: they can share a commit, and a caller's write waits for no more.
constexpr size_t kTurnParts = 8;
// How long a repeated request is answered like the first.
constexpr absl::Duration kRememberRequests = absl::Hours(24 * 30);

const Origin kSelf = {.actor = "registry-svc", .request_id = ""};

// Who writes a case need not see what is confidential in it.
absl::StatusOr<v1::Case> CaseAnswer(const Draft& draft, const std::string& name) {
  return ToldCase(*draft.Find(name)->present);
}

absl::StatusOr<v1::Fact> FactAnswer(const Draft& draft, const std::string& name) {
  return *draft.Find(ParentOf(name))->FindOwn(name)->message;
}

absl::StatusOr<v1::Dossier> DossierAnswer(const Draft& draft, const std::string& name) {
  return *draft.Find(name)->dossier;
}

// Of a repeated call too, when the record may have been deleted since.
absl::StatusOr<v1::Record> RecordAnswer(const Draft& draft, const std::string& name) {
  const RecordMap& records = draft.settings().records;
  const auto at = records.find(name);
  if (at == records.end()) return refusals::RecordNotFound(name);
  return *at->second;
}

absl::StatusOr<v1::DeleteRecordResponse> NoAnswer(const Draft&, const std::string&) {
  return v1::DeleteRecordResponse();
}

// Refuses a vocabulary that has changed under its version: nothing grows unsaid.
absl::Status CheckVersions(const v1::RulesActivated& known, const v1::RulesActivated& loaded) {
  for (const v1::VocabularyVersion& was : known.vocabularies()) {
    for (const v1::VocabularyVersion& is : loaded.vocabularies()) {
      if (is.name() != was.name() || is.version() != was.version()) continue;
      if (is.digest() == was.digest()) continue;
      return absl::FailedPreconditionError(
          fmt::format("{}: its entries differ from those it had under version {}: give its file a "
                      "new version",
                      is.name(), is.version()));
    }
  }
  return absl::OkStatus();
}

// Keeps the packs, calendars and vocabularies that are not among those kept.
void KeepLoaded(Draft& draft, const std::set<std::string>& kept) {
  const auto keep = [&](const std::string& version, const google::protobuf::Message& body) {
    if (!kept.contains(version)) draft.KeepArchive(version, body.SerializeAsString());
  };
  keep(draft.rules().version(), draft.rules().archive());
  if (draft.vocabularies() == nullptr) return;
  for (const v1::VocabularyVersion& version : draft.vocabularies()->Versions()) {
    keep(ArchiveKey(version), *draft.vocabularies()->Find(version.name()));
  }
}

// Draws what a new database lacks, and tells of other rules than the last time.
absl::Status Begin(Draft& draft, const std::map<std::string, std::string>& meta,
                   std::string& journal_id, std::string& epoch, std::string& secret) {
  const auto keep = [&](const char* key, std::string& value, auto draw) {
    const auto at = meta.find(key);
    value = at != meta.end() ? at->second : draw(draft.random());
    if (at == meta.end()) draft.PutMeta(key, value);
  };
  keep(kMetaJournalId, journal_id, RandomUuid);
  keep(kMetaEpoch, epoch, RandomUuid);
  keep(kMetaSecret, secret, RandomKey);
  v1::RulesActivated rules;
  rules.set_rules_version(draft.rules().version());
  rules.set_calendar_version(CalendarVersion(draft.rules()));
  v1::RulesActivated vocabularies;
  if (draft.vocabularies() != nullptr) {
    for (v1::VocabularyVersion& version : draft.vocabularies()->Versions()) {
      *vocabularies.add_vocabularies() = std::move(version);
    }
  }
  rules.MergeFrom(vocabularies);
  const v1::RulesActivated& known = draft.settings().rules;
  if (absl::Status s = CheckVersions(known, rules); !s.ok()) return s;
  if (google::protobuf::util::MessageDifferencer::Equals(rules, known)) return absl::OkStatus();
  draft.TellRules(rules);
  draft.PutMeta(kMetaRules, rules.rules_version());
  draft.PutMeta(kMetaCalendars, rules.calendar_version());
  draft.PutMeta(kMetaVocabularies, vocabularies.SerializeAsString());
  return absl::OkStatus();
}

struct DayTurn {
  Writer& writer;
  CasebookMetrics& metrics;
  const Clock& clock;
  // One for all rounds: where midnights come faster than rounds, a turn ends all the same.
  absl::Time begun;
  std::function<void(const absl::Status&)> done;
};

// Turns the files that waited longest, and goes on until none is left that was over when it began.
void TurnOn(const std::shared_ptr<const DayTurn>& turn) {
  // Never ahead of the writer, who turns nothing early: a clock may be set back.
  const absl::Time now = std::min(turn->begun, turn->clock.Now());
  const std::vector<std::string> names = turn->writer.index().OverBy(now, kTurnPart * kTurnParts);
  if (names.empty()) {
    turn->metrics.TurnedDay();
    return turn->done(absl::OkStatus());
  }
  auto first_error = std::make_shared<absl::Status>();
  for (size_t begin = 0; begin < names.size(); begin += kTurnPart) {
    const size_t end = std::min(begin + kTurnPart, names.size());
    std::vector<std::string> part(names.begin() + static_cast<long>(begin),
                                  names.begin() + static_cast<long>(end));
    turn->writer.Submit(
        {.origin = kSelf,
         .apply = [part = std::move(part)](Draft& draft) { return commands::TurnDay(draft, part); },
         .keep = nullptr,
         .done =
             [turn, first_error, last = end == names.size()](const absl::Status& status) {
               first_error->Update(status);
               if (!last) return;
               if (!first_error->ok()) return turn->done(*first_error);
               TurnOn(turn);
             },
         .own = true});
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Casebook>> Casebook::Open(Store& store, const Clock& clock,
                                                         RuleBook rules, CasebookMetrics& metrics,
                                                         Writer::Publish publish, Random random,
                                                         const Writer::Options& options,
                                                         size_t cache_bytes) {
  std::unique_ptr<Casebook> book(new Casebook(store, clock, std::move(rules), metrics));
  Loader loader(std::make_shared<FileCache>(book->rules_, cache_bytes), book->rules_, clock.Now());
  absl::StatusOr<Contents> contents = store.Load(loader);
  if (!contents.ok()) return contents.status();
  const auto meta = contents->meta;
  const std::set<std::string> kept = contents->rule_versions;
  absl::StatusOr<std::shared_ptr<const Snapshot>> first = loader.Finish(*std::move(contents));
  if (!first.ok()) return first.status();
  if (absl::Status s = FillSearchKeys(store, **first, meta); !s.ok()) return s;

  book->writer_ = std::make_unique<Writer>(store, clock, book->rules_, std::move(random), metrics,
                                           *first, std::move(publish), options);
  absl::Notification turned;
  absl::Status status;
  Casebook& self = *book;
  self.writer_->Submit({.origin = kSelf,
                        .apply =
                            [&](Draft& draft) {
                              KeepLoaded(draft, kept);
                              return Begin(draft, meta, self.journal_id_, self.epoch_,
                                           self.secret_);
                            },
                        .keep = nullptr,
                        .done =
                            [&](const absl::Status& begun) {
                              status = begun;
                              if (!begun.ok()) return turned.Notify();
                              self.TurnDay([&](const absl::Status& done) {
                                status = done;
                                turned.Notify();
                              });
                            },
                        .own = true});
  turned.WaitForNotification();
  if (!status.ok()) return status;
  return book;
}

Casebook::~Casebook() = default;

std::shared_ptr<const DayReading> Casebook::Read(const FilePtr& file,
                                                 std::optional<civil::Day> day) const {
  const DayReading& present = *file->present;
  if (!day) {
    const absl::Time now = clock_.Now();
    if (present.from <= now && now < present.until) return {file, &present};
    day = LocalDay(now, file->zone);
  }
  if (present.Covers(*day)) return {file, &present};
  return std::make_shared<const DayReading>(ReadOn(*file, rules_, *day));
}

template <class Response, class Request>
void Casebook::Submit(Origin origin, Request request, Done<Response> done,
                      absl::StatusOr<std::string> (*apply)(Draft&, const Request&),
                      absl::StatusOr<Response> (*answer)(const Draft&, const std::string& name),
                      std::string_view method) {
  struct State {
    Request request;
    Done<Response> done;
    std::string name;
    absl::StatusOr<Response> response;
  };
  auto state = std::make_shared<State>();
  state->request = std::move(request);
  state->done = std::move(done);
  writer_->Submit(
      {.origin = std::move(origin),
       .apply =
           [state, apply, method](Draft& draft) {
             auto name = Once(draft, state->request, method, apply);
             if (name.ok()) state->name = *name;
             return name.status();
           },
       .keep = [state,
                answer](const Draft& draft) { state->response = answer(draft, state->name); },
       .done =
           [state](const absl::Status& status) {
             if (!status.ok()) return state->done(status);
             state->done(std::move(state->response));
           }});
}

void Casebook::CreateCase(Origin origin, v1::CreateCaseRequest request, Done<v1::Case> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::CreateCase, CaseAnswer,
         "CreateCase");
}

void Casebook::UpdateCase(Origin origin, v1::UpdateCaseRequest request, Done<v1::Case> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::UpdateCase, CaseAnswer,
         "UpdateCase");
}

void Casebook::DeleteCase(Origin origin, v1::DeleteCaseRequest request, Done<v1::Case> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::DeleteCase, CaseAnswer,
         "DeleteCase");
}

void Casebook::UndeleteCase(Origin origin, v1::UndeleteCaseRequest request, Done<v1::Case> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::UndeleteCase, CaseAnswer,
         "UndeleteCase");
}

void Casebook::CreateDossier(Origin origin, v1::CreateDossierRequest request,
                             Done<v1::Dossier> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::CreateDossier,
         DossierAnswer, "CreateDossier");
}

void Casebook::UpdateDossier(Origin origin, v1::UpdateDossierRequest request,
                             Done<v1::Dossier> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::UpdateDossier,
         DossierAnswer, "UpdateDossier");
}

void Casebook::DeleteDossier(Origin origin, v1::DeleteDossierRequest request,
                             Done<v1::Dossier> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::DeleteDossier,
         DossierAnswer, "DeleteDossier");
}

void Casebook::UndeleteDossier(Origin origin, v1::UndeleteDossierRequest request,
                               Done<v1::Dossier> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::UndeleteDossier,
         DossierAnswer, "UndeleteDossier");
}

void Casebook::CreateFact(Origin origin, v1::CreateFactRequest request, Done<v1::Fact> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::CreateFact, FactAnswer,
         "CreateFact");
}

void Casebook::RetractFact(Origin origin, v1::RetractFactRequest request, Done<v1::Fact> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::RetractFact, FactAnswer,
         "RetractFact");
}

void Casebook::PutRecord(Origin origin, v1::PutRecordRequest request, Done<v1::Record> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::PutRecord, RecordAnswer,
         "PutRecord");
}

void Casebook::DeleteRecord(Origin origin, v1::DeleteRecordRequest request,
                            Done<v1::DeleteRecordResponse> done) {
  Submit(std::move(origin), std::move(request), std::move(done), commands::DeleteRecord, NoAnswer,
         "DeleteRecord");
}

void Casebook::RecordReceipts(Origin origin, v1::RecordReceiptsRequest request,
                              Done<v1::RecordReceiptsResponse> done) {
  auto shared = std::make_shared<v1::RecordReceiptsRequest>(std::move(request));
  auto response = std::make_shared<v1::RecordReceiptsResponse>();
  writer_->Submit(
      {.origin = std::move(origin),
       .apply = [shared](Draft& draft) { return commands::RecordReceipts(draft, *shared); },
       .keep = [response](const Draft& draft) { response->set_revision(draft.revision()); },
       .done =
           [response, done = std::move(done)](const absl::Status& status) {
             if (!status.ok()) return done(status);
             done(*response);
           }});
}

void Casebook::RecordAccess(Origin origin, v1::Access access,
                            std::function<void(absl::Status)> done) {
  writer_->Submit({.origin = std::move(origin),
                   .apply =
                       [access = std::move(access)](Draft& draft) {
                         draft.PutAccess(access);
                         return absl::OkStatus();
                       },
                   .keep = nullptr,
                   .done = std::move(done)});
}

void Casebook::TurnDay(std::function<void(const absl::Status&)> done) {
  writer_->Submit({.origin = kSelf,
                   .apply =
                       [](Draft& draft) {
                         draft.ForgetRequestsBefore(
                             absl::ToUnixSeconds(draft.now() - kRememberRequests));
                         return absl::OkStatus();
                       },
                   .keep = nullptr,
                   .done =
                       [this, done = std::move(done)](const absl::Status& status) {
                         if (!status.ok()) return done(status);
                         TurnRound(done);
                       },
                   .own = true});
}

void Casebook::TurnRound(std::function<void(const absl::Status&)> done) {
  TurnOn(std::make_shared<const DayTurn>(DayTurn{.writer = *writer_,
                                                 .metrics = metrics_,
                                                 .clock = clock_,
                                                 .begun = clock_.Now(),
                                                 .done = std::move(done)}));
}

}  // namespace vigil::registry
