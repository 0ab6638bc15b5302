#pragma once

#include <grpcpp/server_context.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/rpc_metrics.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::rpc {

using config::v1::Role;

// Who calls, or for whom a service calls, and in which trace.
struct Caller {
  std::string name;
  Role role = config::v1::ROLE_UNSPECIFIED;
  std::string trace_id;
};

// Whether a caller with role `has` may do what needs `needed`: an admin everything, a service what
// staff may and the journal, staff what readers may.
bool RoleAllows(Role has, Role needed);

// The trace that a call belongs to, refused calls too: that of its `traceparent`, or a new one.
std::string TraceIdOf(const grpc::CallbackServerContext& context);

// Decides who may call. The first line of every handler: rpc::Unary asks it by itself, streams call
// Admit. Permission is checked before anything is looked up, so a refusal says nothing of what
// exists. Immutable after Load, thread-safe; outlives the server.
class CallGuard {
 public:
  // Reads the token files that the configuration names. Refuses, with the place and the remedy, a
  // file that cannot be read or holds less than 16 characters, a token without name or role, and
  // one token under two names. `metrics` counts the calls (rpc_metrics.h) and outlives the guard.
  static absl::StatusOr<std::unique_ptr<CallGuard>> Load(const config::v1::Common& config,
                                                         RpcMetrics& metrics);

  // The caller behind `authorization: Bearer …` of the call. UNAUTHENTICATED with TOKEN_MISSING or
  // TOKEN_UNKNOWN; PERMISSION_DENIED with ROLE_TOO_LOW. The trace id is that of `traceparent`, or a
  // new one. Tokens are compared in constant time.
  //
  // A service may call for somebody who has no token here (`vigil-on-behalf-of: receivers/anna`):
  // the caller is then that one, and may do what staff may. PERMISSION_DENIED with ON_BEHALF_OF
  // from anybody but a service, and where the name could be that of a token.
  absl::StatusOr<Caller> Admit(const grpc::CallbackServerContext& context, Role needed) const;

  // The same for a surface that is not gRPC: the value of the Authorization header and of
  // `traceparent`, empty where absent.
  absl::StatusOr<Caller> Admit(std::string_view authorization, std::string_view traceparent,
                               Role needed) const;

  // Whether a token of this name is admitted: what its owner made may hang on it.
  bool Knows(std::string_view name) const;

  RpcMetrics& metrics() const { return metrics_; }

 private:
  struct Entry {
    std::array<unsigned char, 32> hash;
    std::string name;
    Role role;
  };

  explicit CallGuard(RpcMetrics& metrics) : metrics_(metrics) {}
  absl::Status Add(const config::v1::TokenFile& token);
  const Entry* Find(std::string_view token) const;

  RpcMetrics& metrics_;
  std::vector<Entry> entries_;
};

}  // namespace vigil::rpc
