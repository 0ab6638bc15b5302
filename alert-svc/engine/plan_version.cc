#include "alert-svc/engine/plan_version.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace vigil::alert {
namespace {

// One more with each change of what a plan comes to (domain/).
constexpr int kCode = 10;

struct Version {
  int code = 0;
  std::string_view tzdata;
  std::string_view calendars;
};

// What stands before a separator, which `text` loses with it; all of it where there is none.
std::string_view TakePart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

std::int64_t Number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Version Read(std::string_view text) {
  Version version;
  version.code = static_cast<int>(Number(TakePart(text, '/')));
  version.tzdata = TakePart(text, '/');
  version.calendars = text;
  return version;
}

// `{seconds since 1970 of the last change}-{hash}`; the same hash, the same calendars.
bool AreNewer(std::string_view found, std::string_view own) {
  const std::int64_t changed = Number(TakePart(found, '-'));
  const std::int64_t own_changed = Number(TakePart(own, '-'));
  return found != own && changed > own_changed;
}

}  // namespace

std::string PlanVersion(std::string_view tzdata, std::string_view calendars) {
  std::string version = std::to_string(kCode);
  for (const std::string_view part : {tzdata, calendars}) version.append("/").append(part);
  return version;
}

bool IsNewerPlan(std::string_view found, std::string_view own) {
  const Version theirs = Read(found), ours = Read(own);
  if (theirs.code != ours.code) return theirs.code > ours.code;
  if (theirs.tzdata != ours.tzdata) return theirs.tzdata > ours.tzdata;
  return AreNewer(theirs.calendars, ours.calendars);
}

}  // namespace vigil::alert
