// Rule packs and calendars given as texts, for a book of a "what if".
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "vigil/rules/v1/archive.pb.h"

namespace vigil::registry {

// A text in the form of a file of data/rules or data/calendars.
struct RuleText {
  // How errors name it.
  std::string file;
  std::string yaml;
};

// Each takes the place of the pack of the same id, or is added. INVALID_ARGUMENT
// `file:line: key: what is wrong`, as RuleBook::Load says it; the archive is then half changed.
absl::Status PutPacks(const std::vector<RuleText>& texts, rules::v1::RuleArchive& archive);
// The same for calendars, by country.
absl::Status PutCalendars(const std::vector<RuleText>& texts, rules::v1::RuleArchive& archive);

}  // namespace vigil::registry
