#include "registry-svc/casebook/sealed_fact.h"

namespace vigil::registry {

absl::Status OpenFact(const Vault& vault, std::string_view sealed, v1::Fact& fact) {
  if (sealed.empty()) return absl::OkStatus();
  absl::StatusOr<Vault::Opened> opened = vault.Unseal(fact.name(), sealed);
  if (!opened.ok()) return opened.status();
  if (opened->erased != absl::InfiniteFuture()) {
    fact.mutable_erase_time()->set_seconds(absl::ToUnixSeconds(opened->erased));
    return absl::OkStatus();
  }
  if (fact.ParseFromString(opened->text)) return absl::OkStatus();
  return absl::DataLossError("a sealed fact cannot be read: restore the database from a backup");
}

}  // namespace vigil::registry
