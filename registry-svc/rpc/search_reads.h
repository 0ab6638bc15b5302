// The search for cases.
#pragma once

#include "absl/status/statusor.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/disclosure.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// Live cases whose names match, best first; ties by display name.
absl::StatusOr<v1::SearchCasesResponse> FindCases(const Backend& backend, Disclosure& disclosure,
                                                  const v1::SearchCasesRequest& request);

}  // namespace vigil::registry
