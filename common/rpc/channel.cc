#include "common/rpc/channel.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include "absl/time/time.h"
#include "common/rpc/errors.h"
#include "common/rpc/keepalive.h"
#include "common/rpc/reconnect_watch.h"
#include "common/rpc/trace.h"

namespace vigil::rpc {
namespace {

// The time by which gRPC measures deadlines. absl::Now() may miss for two seconds that the
// machine's clock was set: set ahead, every call would be too late from the start.
absl::Time Now() { return absl::FromChrono(std::chrono::system_clock::now()); }

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  // Calls between our services never leave through a proxy of the environment.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  ReconnectWatch::Add(channel);
  return channel;
}

void PrepareCall(grpc::ClientContext& context, const CallOptions& options) {
  context.set_deadline(absl::ToChronoTime(Now() + options.timeout));
  context.set_wait_for_ready(options.wait_for_ready);
  if (!options.token.empty()) {
    context.AddMetadata("authorization", fmt::format("Bearer {}", options.token));
  }
  if (!options.on_behalf_of.empty()) {
    context.AddMetadata(kOnBehalfOf, std::string(options.on_behalf_of));
  }
  context.AddMetadata(
      "traceparent",
      TraceparentOf(options.trace_id.empty() ? NewTraceId() : std::string(options.trace_id)));
}

absl::Duration TimeLeft(const grpc::CallbackServerContext& context, absl::Duration most) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return most;
  return std::min(most, absl::FromChrono(deadline) - Now());
}

absl::StatusOr<std::string> ReadSecret(const std::string& file) {
  const auto wrong = [&file](std::string_view what) {
    return FailedPrecondition("SECRET_UNREADABLE", {{"file", file}},
                              fmt::format("{}: {}", file, what));
  };
  std::ifstream in(file);
  if (!in) return wrong(fmt::format("cannot be read: {}", std::strerror(errno)));
  std::string line;
  std::getline(in, line);
  constexpr const char* kSpace = " \t\r\n";
  const size_t begin = line.find_first_not_of(kSpace);
  if (begin == std::string::npos) {
    return wrong("its first line is empty; put the secret there");
  }
  return line.substr(begin, line.find_last_not_of(kSpace) - begin + 1);
}

absl::StatusOr<std::string> ReadKey(const std::string& file, std::string_view setting) {
  constexpr size_t kDigits = 64;
  absl::StatusOr<std::string> key = ReadSecret(file);
  if (!key.ok()) return Annotate(key.status(), fmt::format("{}: ", setting));
  if (key->size() == kDigits &&
      key->find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
    return key;
  }
  return absl::FailedPreconditionError(
      fmt::format("{}: {} must hold 32 random bytes in hex; make it with `openssl rand -hex 32`",
                  setting, file));
}

}  // namespace vigil::rpc
