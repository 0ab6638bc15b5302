// Fills the table of search keys where a database has none, or those of another build.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "registry-svc/casebook/snapshot.h"
#include "registry-svc/casebook/store.h"

namespace vigil::registry {

// Key of Contents::meta: which build's keys the table holds whole.
inline constexpr char kMetaSearchKeys[] = "search_keys";

// Makes the keys of every file where `meta` does not say that this build's are there. In several
// commits, the last of which says so: after a kill in between the next start begins anew. Before
// anything else commits.
absl::Status FillSearchKeys(Store& store, const Snapshot& snapshot,
                            const std::map<std::string, std::string>& meta);

}  // namespace vigil::registry
