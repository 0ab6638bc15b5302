#include <memory>
#include <utility>

#include "registry-svc/casebook/commands.h"

namespace vigil::registry::commands {

absl::Status TurnDay(Draft& draft, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const FilePtr file = draft.Find(name);
    if (!file) continue;
    if (file->untold) {
      absl::StatusOr<Told> told = draft.store().ReadTold(name);
      if (!told.ok()) return told.status();
      draft.Turn(*file, std::make_shared<const Told>(*std::move(told)));
    } else if (file->present->until <= draft.now()) {
      draft.Turn(*file);
    }
  }
  return absl::OkStatus();
}

}  // namespace vigil::registry::commands
