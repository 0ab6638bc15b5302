// Where in its file stands what a refusal of the rule compiler is about. Internal to the domain.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/yaml/yaml.h"

namespace vigil::registry {

// Puts file and line before a refusal of Compile.
absl::Status Located(const absl::Status& status, const std::string& file, const YamlLines& lines);

}  // namespace vigil::registry
