#include "alert-svc/schedule/connection.h"

#include <fmt/format.h>
#include <sys/time.h>

#include <charconv>
#include <fstream>

namespace vigil::alert {
namespace {

constexpr std::string_view kUnix = "unix:";

absl::StatusOr<redisContext*> Connect(const RedisOptions& options) {
  const timeval timeout = absl::ToTimeval(options.timeout);
  const std::string& address = options.address;
  if (address.starts_with(kUnix)) {
    return redisConnectUnixWithTimeout(address.c_str() + kUnix.size(), timeout);
  }
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon != std::string::npos) {
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  }
  if (colon == 0 || colon == std::string::npos || port <= 0 || port > 65535) {
    return absl::InvalidArgumentError(
        fmt::format("redis: {:?} is neither unix:/path nor host:port", address));
  }
  return redisConnectWithTimeout(address.substr(0, colon).c_str(), port, timeout);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisConnection::Open(
    const RedisOptions& options) {
  absl::StatusOr<redisContext*> context = Connect(options);
  if (!context.ok()) return context.status();
  if (*context == nullptr) return absl::UnavailableError("redis: no memory for a connection");
  std::unique_ptr<RedisConnection> connection(new RedisConnection(*context));
  if (connection->context_->err != 0) return connection->Broken();
  redisSetTimeout(*context, absl::ToTimeval(options.timeout));
  if (absl::Status in = connection->Authenticate(options.password_file); !in.ok()) return in;
  if (absl::Status read = connection->ReadRunId(); !read.ok()) return read;
  return connection;
}

absl::StatusOr<std::vector<ReplyPtr>> RedisConnection::Run(std::span<const RedisCommand> commands) {
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const RedisCommand& command : commands) {
    words.clear();
    sizes.clear();
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                               sizes.data()) != REDIS_OK) {
      return Broken();
    }
  }
  std::vector<ReplyPtr> replies;
  replies.reserve(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK) return Broken();
    replies.emplace_back(static_cast<redisReply*>(reply));
  }
  return replies;
}

absl::StatusOr<ReplyPtr> RedisConnection::Run(const RedisCommand& command) {
  absl::StatusOr<std::vector<ReplyPtr>> replies = Run(std::span(&command, 1));
  if (!replies.ok()) return replies.status();
  return std::move(replies->front());
}

absl::Status RedisConnection::Broken() const {
  return absl::UnavailableError(fmt::format("redis: {}", context_->errstr));
}

absl::Status RedisConnection::Authenticate(const std::string& password_file) {
  if (password_file.empty()) return absl::OkStatus();
  std::ifstream file(password_file);
  std::string password;
  if (!std::getline(file, password)) {
    return absl::InvalidArgumentError(fmt::format("redis: cannot read {}", password_file));
  }
  absl::StatusOr<ReplyPtr> reply = Run({"AUTH", password});
  if (!reply.ok()) return reply.status();
  if ((*reply)->type == REDIS_REPLY_ERROR) {
    return absl::PermissionDeniedError("redis: the password is refused");
  }
  return absl::OkStatus();
}

absl::Status RedisConnection::ReadRunId() {
  absl::StatusOr<ReplyPtr> reply = Run({"INFO", "server"});
  if (!reply.ok()) return reply.status();
  // LOADING, NOAUTH and the like: not usable yet.
  if ((*reply)->type == REDIS_REPLY_ERROR) {
    return absl::UnavailableError(fmt::format("redis: {}", Text(**reply)));
  }
  run_id_ = InfoField(Text(**reply), "run_id");
  return absl::OkStatus();
}

std::string_view Text(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_STRING && reply.type != REDIS_REPLY_STATUS &&
      reply.type != REDIS_REPLY_ERROR) {
    return {};
  }
  return {reply.str, static_cast<size_t>(reply.len)};
}

std::string_view InfoField(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    const size_t end = info.find("\r\n");
    const std::string_view line = info.substr(0, end);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return line.substr(name.size() + 1);
    }
    info.remove_prefix(end == std::string_view::npos ? info.size() : end + 2);
  }
  return {};
}

}  // namespace vigil::alert
