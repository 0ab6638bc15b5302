// Opens what is confidential in a fact.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "registry-svc/vault/vault.h"
#include "vigil/registry/v1/fact.pb.h"

namespace vigil::registry {

// From a shell, of a row or of a journal's entry, to the whole fact; nothing to do where `sealed`
// is empty. Where the key was destroyed, the shell stays, with erase_time. Errors of Vault::Unseal.
absl::Status OpenFact(const Vault& vault, std::string_view sealed, v1::Fact& fact);

}  // namespace vigil::registry
