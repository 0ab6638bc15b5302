// What can be done with cases, each as one step of a draft.
//
// A command checks everything before it changes anything, names the field it refuses, and returns
// the name of the resource that it made or changed. They run on the writer's thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry-svc/casebook/draft.h"
#include "registry-svc/exchange/document.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry::commands {

absl::StatusOr<std::string> CreateCase(Draft& draft, const v1::CreateCaseRequest& request);
absl::StatusOr<std::string> UpdateCase(Draft& draft, const v1::UpdateCaseRequest& request);
absl::StatusOr<std::string> DeleteCase(Draft& draft, const v1::DeleteCaseRequest& request);
absl::StatusOr<std::string> UndeleteCase(Draft& draft, const v1::UndeleteCaseRequest& request);

absl::StatusOr<std::string> CreateDossier(Draft& draft, const v1::CreateDossierRequest& request);
absl::StatusOr<std::string> UpdateDossier(Draft& draft, const v1::UpdateDossierRequest& request);
absl::StatusOr<std::string> DeleteDossier(Draft& draft, const v1::DeleteDossierRequest& request);
absl::StatusOr<std::string> UndeleteDossier(Draft& draft,
                                            const v1::UndeleteDossierRequest& request);

absl::StatusOr<std::string> CreateFact(Draft& draft, const v1::CreateFactRequest& request);
absl::StatusOr<std::string> RetractFact(Draft& draft, const v1::RetractFactRequest& request);

absl::StatusOr<std::string> PutRecord(Draft& draft, const v1::PutRecordRequest& request);
absl::StatusOr<std::string> DeleteRecord(Draft& draft, const v1::DeleteRecordRequest& request);

// Receipts whose id is known, here or twice in the request, are left out; the position is kept
// whether or not one is new.
absl::Status RecordReceipts(Draft& draft, const v1::RecordReceiptsRequest& request);

// Brings what files state into the draft, as far as it is in order: cases and dossiers are created
// and updated, facts appended and retracted. `response` gets the counts, the changes, the deadlines
// that move, and a problem for each thing that is not; where there is one the step is to be
// abandoned. Names within the documents are made whole.
void ImportDocuments(Draft& draft, std::vector<Document>& documents,
                     v1::ImportFilesResponse& response);

// What an erasure comes to.
struct Erasure {
  int facts = 0;
  // Of the vault: to be destroyed once the erasure is durable.
  std::vector<std::string> keys;
};
// Leaves shells of the confidential facts of a case or dossier. An absent or erased content is
// none.
absl::StatusOr<Erasure> EraseCase(Draft& draft, const v1::EraseCaseRequest& request);

// Derives anew those of `names` whose local day has passed or that are untold.
absl::Status TurnDay(Draft& draft, const std::vector<std::string>& names);

}  // namespace vigil::registry::commands
