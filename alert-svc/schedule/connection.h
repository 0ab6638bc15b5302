#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil::alert {

// Where Redis listens and how to get in.
struct RedisOptions {
  std::string address;                        // `unix:/path` or `host:port`
  std::string password_file;                  // empty: no AUTH
  absl::Duration timeout = absl::Seconds(2);  // of connecting, and of each read or write (wall)
};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

// One command: its words, bytes of any kind.
using RedisCommand = std::vector<std::string>;

// One connection to Redis, for one thread. After any status other than OK it is of no more use:
// throw it away and open another. An error that Redis itself replies with is a reply.
class RedisConnection {
 public:
  // Connects, authenticates and reads the server's run id. UNAVAILABLE where nobody listens;
  // INVALID_ARGUMENT for an address that cannot be read; PERMISSION_DENIED for a wrong password.
  static absl::StatusOr<std::unique_ptr<RedisConnection>> Open(const RedisOptions& options);

  // Sends all commands before it reads the first reply; one reply for each, in order.
  // UNAVAILABLE when the connection breaks: how many commands ran is not known then.
  absl::StatusOr<std::vector<ReplyPtr>> Run(std::span<const RedisCommand> commands);
  absl::StatusOr<ReplyPtr> Run(const RedisCommand& command);

  // Changes with each start of the server.
  const std::string& run_id() const { return run_id_; }

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  explicit RedisConnection(redisContext* context) : context_(context) {}

  absl::Status Broken() const;
  absl::Status Authenticate(const std::string& password_file);
  absl::Status ReadRunId();

  std::unique_ptr<redisContext, FreeContext> context_;
  std::string run_id_;
};

// The text of a string, status or error reply; empty for others.
std::string_view Text(const redisReply& reply);
// The value of `name:` in the text of INFO; empty where it is missing.
std::string_view InfoField(std::string_view info, std::string_view name);

}  // namespace vigil::alert
