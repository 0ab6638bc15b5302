// Cases that may be about one person, as of what the record knew at an earlier moment: no table
// holds their keys, so that each page looks at all cases of that time. Not on a reactor's thread.
#pragma once

#include "absl/status/statusor.h"
#include "registry-svc/rpc/pinned_page.h"
#include "registry-svc/rpc/record_view.h"
#include "vigil/registry/v1/registry_service.pb.h"

namespace vigil::registry {

// The same pairs in the same order as FindDuplicates gave then, except where a name has more than
// 1,000 cases. CANCELLED once `gone` says so; errors of RecordView.
absl::StatusOr<v1::ListDuplicatesResponse> FindPastDuplicates(
    const Backend& backend, const Gone& gone, const v1::ListDuplicatesRequest& request,
    PinnedArguments arguments);

}  // namespace vigil::registry
