#pragma once

#include <functional>
#include <string>
#include <utility>

namespace vigil::alert {

// The version of the machine's time-zone data, "2024a"; empty where it does not say. It is looked
// for where the zones are: in $TZDIR, or in /usr/share/zoneinfo.
std::string TzdataVersion();

// Notices that the machine's time-zone data was updated while the service runs. An update replaces
// one file after the other, so a new version counts only once two looks have seen it. A version
// that cannot be read is none; an older one is refused, and the log says so: shards that were
// planned by the newer one would be planned by nobody.
class TzdataWatch {
 public:
  explicit TzdataWatch(std::function<std::string()> version)
      : version_(std::move(version)), used_(version_()), seen_(used_) {}

  // The version to plan by.
  const std::string& used() const { return used_; }
  // Looks; true where `used` is another from now on.
  bool Look();

 private:
  const std::function<std::string()> version_;
  std::string used_;
  std::string seen_;     // at the last look
  std::string refused_;  // last, and told
};

}  // namespace vigil::alert
