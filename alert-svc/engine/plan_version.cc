#include "alert-svc/engine/plan_version.h"

#include <charconv>
#include <utility>

namespace vigil::alert {
namespace {

// One more with each change of what a plan comes to (domain/).
constexpr int kCode = 3;

std::pair<int, std::string_view> Read(std::string_view version) {
  const std::size_t slash = version.find('/');
  int code = 0;
  std::from_chars(version.data(), version.data() + std::min(slash, version.size()), code);
  return {code, slash == std::string_view::npos ? std::string_view() : version.substr(slash + 1)};
}

}  // namespace

std::string PlanVersion(std::string_view tzdata) {
  return std::to_string(kCode) + "/" + std::string(tzdata);
}

bool IsNewerPlan(std::string_view found, std::string_view own) { return Read(found) > Read(own); }

}  // namespace vigil::alert
