// Cases that may be about one person, by the table of search keys: two are compared where two words
// of a name of theirs sound alike. Reads from disk: not on a reactor's thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/seal/page_token.h"
#include "registry-svc/rpc/backend.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// Checks the request: INVALID_ARGUMENT for the parent, the page size or the token, NOT_FOUND.
absl::StatusOr<Page> ReadDuplicatesPage(const Backend& backend,
                                        const v1::ListDuplicatesRequest& request);

// Of one case the likelier first; of all by the name of the first; INVALID_ARGUMENT for the filter.
// A page of all looks at some thousand cases. Of a name that more than 1,000 cases have, only so
// many are compared.
absl::StatusOr<v1::ListDuplicatesResponse> FindDuplicates(const Backend& backend,
                                                          const v1::ListDuplicatesRequest& request,
                                                          const Page& page);

}  // namespace vigil::registry
