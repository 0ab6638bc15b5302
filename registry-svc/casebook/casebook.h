// The casebook: what one can do with cases. The one way to change the registry's state, and to read
// it.
//
// Reads are served from memory: of one file from immutable snapshots (snapshot.h), today's lists
// from an index (present_index.h). Changes go to one writer (writer.h), which journals them
// together with the deadlines that they move, and answer once they are durable. All methods are
// safe from any thread and never block; `done` runs on the writer's thread and must not block
// either.
//
// Refusals carry a reason (refusals.h): INVALID_ARGUMENT names the field; NOT_FOUND; ABORTED for an
// etag of yesterday; ALREADY_EXISTS; FAILED_PRECONDITION for a deleted case; RESOURCE_EXHAUSTED
// where the disk is full or too many writes wait. What is refused has changed nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "registry-svc/casebook/casebook_metrics.h"
#include "registry-svc/casebook/draft.h"
#include "registry-svc/casebook/ids.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/store.h"
#include "registry-svc/casebook/writer.h"
#include "registry-svc/domain/rule_book.h"
#include "registry-svc/exchange/document.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

template <class Response>
using Done = std::function<void(absl::StatusOr<Response>)>;

class Casebook {
 public:
  // Loads everything, keeps at most `cache_bytes` of files ready for use, and journals what moved
  // since the last time: days that turned meanwhile, other rules (with RulesActivated first) or
  // another build. Store, clock and metrics outlive it. Errors: those of the store, and of a stored
  // fact that this build cannot read.
  static absl::StatusOr<std::unique_ptr<Casebook>> Open(Store& store, const Clock& clock,
                                                        RuleBook rules, CasebookMetrics& metrics,
                                                        Writer::Publish publish,
                                                        Random random = SecureRandom(),
                                                        const Writer::Options& options = {},
                                                        size_t cache_bytes = kDefaultCacheBytes);
  ~Casebook();

  // The last durable state.
  std::shared_ptr<const Snapshot> Present() const { return writer_->Present(); }
  // The present in the orders of the lists.
  const PresentIndex& index() const { return writer_->index(); }
  // A file of the index, ready for use: one that is shown, and one of very many (file_cache.h).
  FilePtr Open(const PackedPtr& packed) const { return Present()->Open(packed); }
  FilePtr Scan(const PackedPtr& packed) const { return Present()->Scan(packed); }
  // A file as of a day; the shared present reading where the same follows on that day. `day`
  // absent: the file's local day.
  std::shared_ptr<const DayReading> Read(const FilePtr& file, std::optional<civil::Day> day) const;
  const RuleBook& rules() const { return rules_; }
  const Clock& clock() const { return clock_; }
  // Identifies this journal; drawn when the database was made.
  const std::string& journal_id() const { return journal_id_; }
  // Drawn anew by a restore from a backup, which takes the key from the database: what was given
  // out before it no longer holds.
  const std::string& epoch() const { return epoch_; }
  // A secret that lives as long as the database: seals page tokens.
  const std::string& secret() const { return secret_; }

  void CreateCase(Origin origin, v1::CreateCaseRequest request, Done<v1::Case> done);
  void UpdateCase(Origin origin, v1::UpdateCaseRequest request, Done<v1::Case> done);
  void DeleteCase(Origin origin, v1::DeleteCaseRequest request, Done<v1::Case> done);
  void UndeleteCase(Origin origin, v1::UndeleteCaseRequest request, Done<v1::Case> done);
  // All in one revision, or none; what was made before under a request id of its own is returned.
  void BatchCreateCases(Origin origin, v1::BatchCreateCasesRequest request,
                        Done<v1::BatchCreateCasesResponse> done);
  void BatchCreateDossiers(Origin origin, v1::BatchCreateDossiersRequest request,
                           Done<v1::BatchCreateDossiersResponse> done);
  void BatchCreateFacts(Origin origin, v1::BatchCreateFactsRequest request,
                        Done<v1::BatchCreateFactsResponse> done);
  void CreateDossier(Origin origin, v1::CreateDossierRequest request, Done<v1::Dossier> done);
  void UpdateDossier(Origin origin, v1::UpdateDossierRequest request, Done<v1::Dossier> done);
  void DeleteDossier(Origin origin, v1::DeleteDossierRequest request, Done<v1::Dossier> done);
  void UndeleteDossier(Origin origin, v1::UndeleteDossierRequest request, Done<v1::Dossier> done);
  void CreateFact(Origin origin, v1::CreateFactRequest request, Done<v1::Fact> done);
  void RetractFact(Origin origin, v1::RetractFactRequest request, Done<v1::Fact> done);
  void PutRecord(Origin origin, v1::PutRecordRequest request, Done<v1::Record> done);
  void DeleteRecord(Origin origin, v1::DeleteRecordRequest request,
                    Done<v1::DeleteRecordResponse> done);
  void RecordReceipts(Origin origin, v1::RecordReceiptsRequest request,
                      Done<v1::RecordReceiptsResponse> done);
  // All in one revision, or none. What files there are was read by the caller (exchange/), with
  // what is wrong with them in `problems`.
  struct Import {
    std::vector<Document> documents;
    std::vector<v1::ImportProblem> problems;
    bool dry_run = false;
    bool only_if_empty = false;
    // With an id the import is made once; `request` is what was asked, serialized. A repetition is
    // answered with the counts alone.
    std::string request_id = {};
    std::string request = {};
  };
  void ImportFiles(Origin origin, Import import, Done<v1::ImportFilesResponse> done);

  // Puts a read into the access trail: OK once that is durable. Many share one fsync, with each
  // other and with changes.
  void RecordAccess(Origin origin, v1::Access access, std::function<void(absl::Status)> done);
  // Erases what is confidential in a case or dossier: answers when that is durable and the keys are
  // destroyed. UNAVAILABLE ERASE_UNFINISHED where the keys could not be: the next call, or the next
  // start, finishes it.
  void EraseCase(Origin origin, v1::EraseCaseRequest request, Done<v1::EraseCaseResponse> done);

  // Derives anew every file for which a local day has come that changes something, and journals
  // what moved, in parts of some dozen files; some parts at a time, so that writes of callers go
  // between. `done` runs when all is durable, or with the first error.
  void TurnDay(std::function<void(const absl::Status&)> done);
  // When the next local midnight comes that changes something in any file, in calendar time;
  // InfiniteFuture without one.
  absl::Time NextMidnight() const { return writer_->index().NextMidnight(); }

  // Finishes what waits, then refuses changes.
  void Stop() { writer_->Stop(); }

 private:
  Casebook(Store& store, const Clock& clock, RuleBook rules, CasebookMetrics& metrics)
      : store_(store), clock_(clock), rules_(std::move(rules)), metrics_(metrics) {}

  // Turns the files that waited longest, and goes on until none is left.
  void TurnRound(std::function<void(const absl::Status&)> done);

  template <class Response, class Request>
  void Submit(Origin origin, Request request, Done<Response> done,
              absl::StatusOr<std::string> (*apply)(Draft&, const Request&),
              absl::StatusOr<Response> (*answer)(const Draft&, const std::string& name),
              std::string_view method);

  Store& store_;
  const Clock& clock_;
  const RuleBook rules_;
  CasebookMetrics& metrics_;
  std::string journal_id_;
  std::string epoch_;
  std::string secret_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace vigil::registry
