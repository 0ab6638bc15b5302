// Cases that may be about one person, by the table of search keys: two are compared where two words
// of a name of theirs sound alike. Reads from disk: not on a reactor's thread.
#pragma once

#include "absl/status/statusor.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/record_view.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// Checks the request: INVALID_ARGUMENT for the parent and for what a list asks for, NOT_FOUND.
absl::StatusOr<PinnedArguments> ReadDuplicatesArguments(const Backend& backend,
                                                        const v1::ListDuplicatesRequest& request);

// Of one case the likelier first; of all by the name of the first. A page of all looks at some
// thousand cases, in another order at every one: CANCELLED once `gone` says so. Of a name that more
// than 1,000 cases have, only so many are compared.
absl::StatusOr<v1::ListDuplicatesResponse> FindDuplicates(const Backend& backend, const Gone& gone,
                                                          const v1::ListDuplicatesRequest& request,
                                                          const PinnedArguments& arguments);

}  // namespace vigil::registry
