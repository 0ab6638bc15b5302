#pragma once

#include <string>
#include <vector>

namespace vigil::alert {

// How scripts/up and k8s/base set the Redis of the schedule, for a RedisServer.
inline std::vector<std::string> ScheduleSettings() {
  return {"--appendonly",
          "yes",
          "--appendfsync",
          "always",
          "--maxmemory-policy",
          "noeviction",
          "--hash-max-listpack-entries",
          "64",
          "--zset-max-listpack-entries",
          "32"};
}

}  // namespace vigil::alert
