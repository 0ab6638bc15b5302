// Reads of cases and dossiers, each of one state of the record; what is shown of confidential facts
// is noted in `disclosure`.
#pragma once

#include "absl/status/statusor.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// One case, a deleted one too.
absl::StatusOr<v1::Case> ReadCase(const Backend& backend, Disclosure& disclosure,
                                  const v1::GetCaseRequest& request);
absl::StatusOr<v1::Dossier> ReadDossier(const Backend& backend,
                                        const v1::GetDossierRequest& request);

// By display name, then name. Refusals name page_size, page_token, filter or as_of.
absl::StatusOr<v1::ListCasesResponse> ReadCases(const Backend& backend, Disclosure& disclosure,
                                                const v1::ListCasesRequest& request);
absl::StatusOr<v1::BatchGetDossiersResponse> ReadDossierBatch(
    const Backend& backend, const v1::BatchGetDossiersRequest& request);
absl::StatusOr<v1::ListDossiersResponse> ReadDossiers(const Backend& backend,
                                                      const v1::ListDossiersRequest& request);

// Several cases, in the order asked for, deleted ones too; all or none.
absl::StatusOr<v1::BatchGetCasesResponse> ReadBatch(const Backend& backend, Disclosure& disclosure,
                                                    const v1::BatchGetCasesRequest& request);

}  // namespace vigil::registry
