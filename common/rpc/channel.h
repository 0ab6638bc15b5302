#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vigil::rpc {

// A channel to another service: `host:port`, `dns:///name:port` or `unix:/path`. Balances round
// robin over all addresses, keeps alive in agreement with RpcServer, reconnects within 2 s (in a
// process with a ReconnectWatch also where the machine's time of day is set back), receives at most
// 16 MiB. Never blocks; thread-safe. The calls carry their token over an unencrypted connection:
// keep it on loopback or a private network.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);

// What one outgoing call carries.
struct CallOptions {
  // Time it may take; a call never goes without.
  absl::Duration timeout = absl::Seconds(5);
  // The bearer token, without `Bearer `; empty: none.
  std::string_view token;
  // The trace that the call belongs to; empty: a new one.
  std::string_view trace_id;
  // For whom a service calls that has no token of its own, `receivers/anna`; empty: for itself.
  std::string_view on_behalf_of = {};
  // True: waits for the connection instead of failing at once with UNAVAILABLE.
  bool wait_for_ready = false;
};

// The metadata that carries CallOptions::on_behalf_of; CallGuard says who may send it.
inline constexpr char kOnBehalfOf[] = "vigil-on-behalf-of";

// Puts deadline, `authorization`, `traceparent` and `vigil-on-behalf-of` on a context that has not
// been used.
void PrepareCall(grpc::ClientContext& context, const CallOptions& options);

// What is left of an incoming call's time, at most `most`: the timeout of a call made on its
// behalf. Zero or less where it is over.
absl::Duration TimeLeft(const grpc::CallbackServerContext& context, absl::Duration most);

// The secret on the first line of a file, without white space at its ends. A file that is missing,
// unreadable or empty is FAILED_PRECONDITION and named.
absl::StatusOr<std::string> ReadSecret(const std::string& file);

// The same of a key: 32 random bytes in hex. `setting` is the key of the configuration that names
// the file; FAILED_PRECONDITION names both, and the remedy.
absl::StatusOr<std::string> ReadKey(const std::string& file, std::string_view setting);

}  // namespace vigil::rpc
