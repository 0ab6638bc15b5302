// What is confidential in rows of earlier builds.
#pragma once

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"
#include "registry-svc/vault/vault.h"

namespace vigil::registry {

// Seals what a database of an earlier build holds in clear text, and rewrites the file so that no
// free page keeps it. Once; journals never held the content of confidential facts.
absl::Status SealOldRows(Database& database, Vault& vault);

// Keys the digests of requests that a build before stored without a key, so that requests made
// again are known still, and rewrites the file. Once.
absl::Status KeyOldDigests(Database& database, const Vault& vault);

}  // namespace vigil::registry
