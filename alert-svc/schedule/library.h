#pragma once

#include <string>
#include <string_view>

namespace vigil::alert {

// The function library of the schedule, `vigil.lua`. Its name and those of its functions end with a
// hash of its text, so replicas of different versions use one Redis without replacing each other's.
struct RedisLibrary {
  std::string source;   // for FUNCTION LOAD
  std::string version;  // 8 hex digits

  // "claim" → "vigil_claim_1a2b3c4d".
  std::string Function(std::string_view name) const;
};

const RedisLibrary& ScheduleLibrary();

}  // namespace vigil::alert
