// Confidential facts between the vault and the rows that hold them.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "registry-svc/store/sqlite.h"
#include "registry-svc/vault/vault.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// From a row's shell to the whole fact; nothing to do where `sealed` is empty. Where the key was
// destroyed, the shell stays, with erase_time. Errors of Vault::Unseal.
absl::Status OpenFact(const Vault& vault, std::string_view sealed, v1::Fact& fact);

// Seals what a database of an earlier build holds in clear text, and rewrites the file so that no
// free page keeps it. Once; journals never held the content of confidential facts.
absl::Status SealOldRows(Database& database, Vault& vault);

}  // namespace vigil::registry
