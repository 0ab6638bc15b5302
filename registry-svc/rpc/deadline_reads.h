// Reads of what is derived; what is shown of confidential facts is noted in `disclosure`. A day
// other than the present one is derived on the spot, 20 µs a case.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/guard.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

absl::StatusOr<v1::Deadline> ReadDeadline(const Backend& backend, Disclosure& disclosure,
                                          const v1::GetDeadlineRequest& request);

absl::StatusOr<v1::Finding> ReadFinding(const Backend& backend, Disclosure& disclosure,
                                        const v1::GetFindingRequest& request);

// By earliest day, those without a date last; then by name.
absl::StatusOr<v1::ListDeadlinesResponse> ReadDeadlines(const Backend& backend,
                                                        Disclosure& disclosure,
                                                        const v1::ListDeadlinesRequest& request);

// Most important first, by FindingKey.
absl::StatusOr<v1::ListFindingsResponse> ReadFindings(const Backend& backend,
                                                      Disclosure& disclosure,
                                                      const v1::ListFindingsRequest& request);

// Without as_of each case is counted on its own local day, and `as_of` of the answer is the day in
// Almaty. Situations are counted by the open facts for everyone: the same figures, whoever asks.
absl::StatusOr<v1::Summary> ReadSummary(const Backend& backend,
                                        const v1::GetSummaryRequest& request);

}  // namespace vigil::registry
