// Lists over all cases as of what the record knew at an earlier moment: each looks at every file of
// that time, one after the other, on a thread that may block, and holds no more than a page. What
// is shown of confidential facts is noted in `disclosure`. CANCELLED once the caller has gone.
#pragma once

#include "absl/status/statusor.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "registry-svc/rpc/record_view.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

absl::StatusOr<v1::ListCasesResponse> ReadPastCases(const Backend& backend, const Gone& gone,
                                                    Disclosure& disclosure,
                                                    const v1::ListCasesRequest& request);
absl::StatusOr<v1::ListDossiersResponse> ReadPastDossiers(const Backend& backend, const Gone& gone,
                                                          const v1::ListDossiersRequest& request);
absl::StatusOr<v1::ListDeadlinesResponse> ReadPastDeadlines(
    const Backend& backend, const Gone& gone, Disclosure& disclosure,
    const v1::ListDeadlinesRequest& request);
absl::StatusOr<v1::ListFindingsResponse> ReadPastFindings(const Backend& backend, const Gone& gone,
                                                          Disclosure& disclosure,
                                                          const v1::ListFindingsRequest& request);
absl::StatusOr<v1::Summary> ReadPastSummary(const Backend& backend, const Gone& gone,
                                            const v1::GetSummaryRequest& request);

}  // namespace vigil::registry
