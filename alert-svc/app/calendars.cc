#include "alert-svc/app/calendars.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "alert-svc/domain/ids.h"
#include "common/yaml/yaml.h"
#include "vigil/rules/v1/calendar.pb.h"

namespace vigil::alert {
namespace {

std::int64_t ChangeTime(const std::string& file) {
  struct stat info {};
  return stat(file.c_str(), &info) == 0 ? info.st_mtime : 0;
}

}  // namespace

absl::StatusOr<LoadedCalendars> LoadCalendars(const std::string& folder) {
  LoadedCalendars loaded;
  if (folder.empty()) return loaded;
  const auto files = LoadYamlDir<rules::v1::Calendar>(folder);
  if (!files.ok()) return files.status();
  std::int64_t changed = 0;
  std::map<std::string, std::string> texts;  // by country: not by what the files are called
  for (const auto& [file, calendar] : *files) {
    absl::StatusOr<civil::WorkingDays> days = civil::WorkingDays::Make(calendar);
    if (!days.ok()) return days.status();
    loaded.days[calendar.country()] = *std::move(days);
    texts[calendar.country()] = calendar.SerializeAsString();
    changed = std::max(changed, ChangeTime(file));
  }
  std::string all;
  for (const auto& [country, text] : texts) all += fmt::format("{}:{}", text.size(), text);
  if (!all.empty()) loaded.version = fmt::format("{}-{:016x}", changed, Hash64({all}));
  return loaded;
}

}  // namespace vigil::alert
