#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/ical/feed.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// Asks the registry when these cases and dossiers, or a fact of theirs, last changed. `done` is
/// called once; an error of any call is the error of the whole. `backends` must outlive that.
void ReadChangeTimes(upstream::Caller& backends, const std::set<std::string>& names,
                     const upstream::CallOptions& options,
                     std::function<void(absl::StatusOr<ical::ChangeTimes>)> done);

}  // namespace vigil::gateway
