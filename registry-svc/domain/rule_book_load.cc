// The domain's one file with I/O: reads packs and calendars.
#include <fmt/format.h>

#include "common/yaml/yaml.h"
#include "registry-svc/domain/compiled_rules.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {
namespace {

// Puts file and line before a refusal of Compile.
absl::Status Located(const absl::Status& status, const std::string& file, const YamlLines& lines) {
  int line = 1;
  if (const auto path = status.GetPayload(kRulePathPayload); path) {
    std::string at(*path);
    // A missing key has no line of its own: that of what holds it serves.
    while (!at.empty()) {
      if (const int found = lines.LineOf(at); found != 0) {
        line = found;
        break;
      }
      const size_t dot = at.find_last_of(".[");
      at.resize(dot == std::string::npos ? 0 : dot);
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("{}:{}: {}", file, line, std::string(status.message())));
}

}  // namespace

absl::StatusOr<RuleBook> RuleBook::Load(const std::string& rules_dir,
                                        const std::string& calendars_dir) {
  absl::StatusOr<std::vector<std::string>> files = YamlFilesIn(rules_dir);
  if (!files.ok()) return files.status();
  std::vector<rules::v1::RulePack> packs;
  for (const std::string& file : *files) {
    YamlLines lines;
    rules::v1::RulePack& pack = packs.emplace_back();
    if (absl::Status s = LoadYaml(file, &pack, &lines); !s.ok()) return s;
    // Each file on its own first, so that a refusal can name it.
    if (absl::StatusOr<RuleBook> alone = Compile({pack}, {}); !alone.ok()) {
      return Located(alone.status(), file, lines);
    }
  }
  absl::StatusOr<std::vector<std::string>> calendar_files = YamlFilesIn(calendars_dir);
  if (!calendar_files.ok()) return calendar_files.status();
  std::vector<rules::v1::Calendar> calendars;
  for (const std::string& file : *calendar_files) {
    YamlLines lines;
    rules::v1::Calendar& calendar = calendars.emplace_back();
    if (absl::Status s = LoadYaml(file, &calendar, &lines); !s.ok()) return s;
    if (absl::StatusOr<RuleBook> alone = Compile({}, {calendar}); !alone.ok()) {
      return Located(alone.status(), file, lines);
    }
  }
  return Compile(packs, calendars);
}

}  // namespace vigil::registry
