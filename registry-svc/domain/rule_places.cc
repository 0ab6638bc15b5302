#include "registry-svc/domain/rule_places.h"

#include <fmt/format.h>

#include "registry-svc/domain/compiled_rules.h"

namespace vigil::registry {

absl::Status Located(const absl::Status& status, const std::string& file, const YamlLines& lines) {
  const auto path = status.GetPayload(kRulePathPayload);
  return absl::InvalidArgumentError(fmt::format("{}:{}: {}", file,
                                                lines.LineAround(path ? std::string(*path) : ""),
                                                std::string(status.message())));
}

}  // namespace vigil::registry
