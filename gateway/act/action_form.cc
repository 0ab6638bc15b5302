#include "gateway/act/action_form.h"

#include <string>
#include <vector>

#include "gateway/transcode/query.h"

namespace vigil::gateway {

std::optional<ActionForm> ParseActionForm(std::string_view body) {
  const auto fields = transcode::ParseQuery(body);
  if (!fields.ok() || fields->size() != 1) return std::nullopt;
  const transcode::QueryParameter& field = fields->front();
  if (field.name == "do" && field.value == "acknowledge") return ActionForm{};
  if (field.name != "until") return std::nullopt;
  absl::Time until;
  if (!absl::ParseTime(absl::RFC3339_full, field.value, &until, nullptr)) return std::nullopt;
  return ActionForm{until};
}

std::string FormTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace vigil::gateway
