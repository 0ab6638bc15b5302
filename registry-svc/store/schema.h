// The schema of the database, one step for each version.
#pragma once

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"

namespace vigil::registry {

// Version that this build writes, kept in `PRAGMA user_version`.
int SchemaVersion();

// Brings a database to SchemaVersion(), one transaction a step, so that a kill in between leaves a
// version that the next start goes on from. FAILED_PRECONDITION where the database is newer than
// this build.
absl::Status Migrate(Database& database);

}  // namespace vigil::registry
