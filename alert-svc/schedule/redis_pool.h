#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alert-svc/schedule/connection.h"

namespace vigil::alert {

// How Redis keeps what it was told.
struct RedisDurability {
  bool append_only = false;  // appendonly yes
  bool sync_always = false;  // appendfsync always: nothing acknowledged is lost on power loss
  bool no_eviction = false;  // maxmemory-policy noeviction
  bool known = false;        // CONFIG GET was answered

  bool AsWished() const { return append_only && sync_always && no_eviction; }
};

// The replies to the commands of one job, and the run id of the server that gave them.
struct RedisAnswer {
  std::vector<ReplyPtr> replies;
  std::string run_id;
};

// A few I/O threads with one connection each. Jobs of one slot run in the order they came in; what
// waits for a thread goes out as one pipeline. A broken connection fails the jobs it carried and is
// opened anew, with pauses that grow from 50 ms to 1 s; while it is away jobs fail at once.
class RedisPool {
 public:
  // Makes the commands of a job, once the run id of the server is known.
  using Commands = std::function<std::vector<RedisCommand>(const std::string& run_id)>;
  // Called on an I/O thread, once; must not block. UNAVAILABLE where the connection broke or could
  // not be opened: whether the commands ran is not known.
  using Done = std::function<void(absl::StatusOr<RedisAnswer>)>;
  // Called on an I/O thread after each connect, and every so often while there are jobs: a server
  // that runs can be set otherwise.
  using Connected = std::function<void(const RedisDurability&)>;

  RedisPool(RedisOptions options, int threads, absl::Duration settings_every, Connected connected);
  // Fails what still waits, then returns.
  ~RedisPool();
  RedisPool(const RedisPool&) = delete;
  RedisPool& operator=(const RedisPool&) = delete;

  // From any thread.
  void Run(int slot, Commands commands, Done done);

 private:
  class Worker;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace vigil::alert
