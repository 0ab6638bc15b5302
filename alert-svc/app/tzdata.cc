#include "alert-svc/app/tzdata.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

#include "common/log/log.h"

namespace vigil::alert {

std::string TzdataVersion() {
  constexpr std::string_view kLead = "# version ";
  const char* folder = std::getenv("TZDIR");
  std::ifstream file(std::string(folder && *folder ? folder : "/usr/share/zoneinfo") +
                     "/tzdata.zi");
  std::string line;
  std::getline(file, line);
  return line.starts_with(kLead) ? line.substr(kLead.size()) : std::string();
}

bool TzdataWatch::Look() {
  std::string now = version_();
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_.empty() || seen_ == used_) return false;
  if (seen_ > used_) {
    used_ = seen_;
    return true;
  }
  if (refused_ != seen_) {
    Log(LogLevel::kError, "the time-zone data is older than before, and not planned by",
        {{"version", seen_}, {"used", used_}});
    refused_ = seen_;
  }
  return false;
}

}  // namespace vigil::alert
