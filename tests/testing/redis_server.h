#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace vigil {

// A real redis-server of the test's own, on a unix socket in a folder of its own, killed and
// removed at the end. Aborts the test program where it cannot be started.
class RedisServer {
 public:
  // `settings` as on the command line: {"--appendonly", "yes"}.
  explicit RedisServer(std::vector<std::string> settings = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // "unix:/tmp/…/redis.sock"
  std::string Address() const { return "unix:" + folder_ + "/redis.sock"; }

  // Runs a command on a connection of its own and returns the reply as redis-cli would print it.
  std::string Run(const std::vector<std::string>& command) const;

  void Start();   // waits until it answers
  void Kill();    // SIGKILL, and waits for the end
  void Freeze();  // SIGSTOP
  void Thaw();    // SIGCONT

 private:
  std::string folder_;
  std::vector<std::string> settings_;
  pid_t pid_ = -1;
};

}  // namespace vigil
