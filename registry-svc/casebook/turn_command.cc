#include <memory>
#include <utility>

#include "registry-svc/casebook/commands.h"

namespace vigil::registry::commands {

absl::Status TurnDay(Draft& draft, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const PackedPtr packed = draft.FindUntouched(name);
    if (!packed || packed->until > draft.now()) continue;
    absl::StatusOr<CaseFile> file = Unpack(*packed);
    if (!file.ok()) return file.status();
    std::shared_ptr<const Told> before;
    if (packed->untold) {
      absl::StatusOr<Told> told = draft.store().ReadTold(name);
      if (!told.ok()) return told.status();
      before = std::make_shared<const Told>(*std::move(told));
    }
    draft.Turn(*std::move(file), std::move(before));
  }
  return absl::OkStatus();
}

}  // namespace vigil::registry::commands
