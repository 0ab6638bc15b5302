#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/rpc/guard.h"
#include "gateway/auth/session.h"
#include "gateway/http/message.h"

namespace vigil::gateway::auth {

/// A request's caller.
struct Identity {
  rpc::Caller caller;
  std::string token;  ///< For the backends.
};

/// Finds out who a request comes from: a bearer token, or the cookie that POST /session made of
/// one. Any thread.
class Authenticator {
 public:
  /// `guard` and `clock` must outlive this.
  Authenticator(SessionSealer sealer, const rpc::CallGuard& guard, const Clock& clock);

  /// UNAUTHENTICATED without a known token; PERMISSION_DENIED for a change by cookie that another
  /// site could have made the browser send: it needs `X-Vigil: 1`, which only the page's own script
  /// can add, or an Origin of this host.
  absl::StatusOr<Identity> Authenticate(const http::Request& request) const;

  /// `POST /session` with `{"token": "…"}` sets the cookie; `GET` tells who is signed in; `DELETE`
  /// takes the cookie back.
  http::Response Session(const http::Request& request) const;

 private:
  absl::StatusOr<rpc::Caller> Admit(const std::string& token, std::string_view traceparent) const;
  http::Response SignIn(const http::Request& request) const;
  http::Response SignOut(const http::Request& request) const;

  SessionSealer sealer_;
  const rpc::CallGuard& guard_;
  const Clock& clock_;
};

}  // namespace vigil::gateway::auth
