#include "gateway/auth/authenticator.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string_view>

#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/transcode/error.h"

namespace vigil::gateway::auth {
namespace {

bool ChangesNothing(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view BearerToken(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view value = request.headers.Get("authorization");
  if (!http::EqualsIgnoringCase(value.substr(0, kScheme.size()), kScheme)) return {};
  return Trimmed(value.substr(kScheme.size()));
}

std::string_view CookieOf(const http::Request& request, std::string_view cookie) {
  for (const auto& [name, value] : request.headers.fields()) {
    if (!http::EqualsIgnoringCase(name, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = Trimmed(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == cookie) {
        return pair.substr(equals + 1);
      }
    }
  }
  return {};
}

bool IsOwnOrigin(const http::Request& request) {
  const std::string_view origin = request.headers.Get("origin");
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  return http::EqualsIgnoringCase(origin.substr(scheme + 3), request.headers.Get("host"));
}

bool MadeByThePage(const http::Request& request) {
  return request.headers.Get("x-vigil") == "1" || IsOwnOrigin(request);
}

http::Response WhoResponse(const rpc::Caller& caller) {
  http::Response response;
  response.headers.Add("Content-Type", "application/json");
  response.body = boost::json::serialize(boost::json::object{
      {"name", caller.name.c_str()}, {"role", config::v1::Role_Name(caller.role).c_str()}});
  return response;
}

// `Secure` only where TLS ends in front of us: a browser drops such a cookie on plain HTTP.
std::string CookieField(const http::Request& request, std::string_view cookie,
                        std::string_view value, absl::Duration max_age) {
  const bool tls = http::EqualsIgnoringCase(request.headers.Get("x-forwarded-proto"), "https");
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie, value,
                     absl::ToInt64Seconds(max_age), tls ? "; Secure" : "");
}

std::optional<std::string> TokenFromBody(const std::string& body) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse({body.data(), body.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  const boost::json::value* token = value.get_object().if_contains("token");
  if (token == nullptr || !token->is_string()) return std::nullopt;
  return std::string(token->get_string().c_str());
}

}  // namespace

Authenticator::Authenticator(SessionSealer sealer, const rpc::CallGuard& guard, const Clock& clock)
    : sealer_(std::move(sealer)), guard_(guard), clock_(clock) {}

absl::StatusOr<Identity> Authenticator::Authenticate(const http::Request& request) const {
  const bool by_cookie = request.headers.Find("authorization") == nullptr;
  const std::string token =
      by_cookie ? sealer_.Open(CookieOf(request, sealer_.cookie()), clock_.Wall()).value_or("")
                : std::string(BearerToken(request));
  absl::StatusOr<rpc::Caller> caller = Admit(token, request.headers.Get("traceparent"));
  if (!caller.ok()) return caller.status();
  if (by_cookie && !ChangesNothing(request.method) && !MadeByThePage(request)) {
    return rpc::PermissionDenied("CROSS_SITE_REQUEST", {},
                                 "a change by cookie needs the header `X-Vigil: 1`");
  }
  return Identity{*std::move(caller), token};
}

// READER is the least there is; what more is needed, the backend knows.
absl::StatusOr<rpc::Caller> Authenticator::Admit(const std::string& token,
                                                 std::string_view traceparent) const {
  const std::string authorization = token.empty() ? "" : "Bearer " + token;
  return guard_.Admit(authorization, traceparent, config::v1::ROLE_READER);
}

http::Response Authenticator::Session(const http::Request& request) const {
  if (request.method == "POST") return SignIn(request);
  if (request.method == "DELETE") return SignOut(request);
  if (request.method == "GET" || request.method == "HEAD") {
    const absl::StatusOr<Identity> identity = Authenticate(request);
    if (!identity.ok()) return transcode::ErrorResponse(identity.status());
    return WhoResponse(identity->caller);
  }
  http::Response response = transcode::ErrorResponse(
      405,
      rpc::InvalidArgument("METHOD_NOT_ALLOWED", "method", "/session takes GET, POST, DELETE"));
  response.headers.Add("Allow", "GET, POST, DELETE");
  return response;
}

http::Response Authenticator::SignIn(const http::Request& request) const {
  const std::optional<std::string> token = TokenFromBody(request.body);
  if (!token) {
    return transcode::ErrorResponse(
        rpc::InvalidArgument("BAD_JSON", "token", "the body must be {\"token\": \"…\"}"));
  }
  const absl::StatusOr<rpc::Caller> caller = Admit(*token, request.headers.Get("traceparent"));
  if (!caller.ok()) return transcode::ErrorResponse(caller.status());
  http::Response response = WhoResponse(*caller);
  response.headers.Add("Set-Cookie",
                       CookieField(request, sealer_.cookie(), sealer_.Seal(*token, clock_.Wall()),
                                   SessionSealer::kLifetime));
  return response;
}

// Needs no session: an expired or broken one must be possible to get rid of.
http::Response Authenticator::SignOut(const http::Request& request) const {
  if (!MadeByThePage(request)) {
    return transcode::ErrorResponse(rpc::PermissionDenied(
        "CROSS_SITE_REQUEST", {}, "signing out needs the header `X-Vigil: 1`"));
  }
  http::Response response;
  response.status = 204;
  response.headers.Add("Set-Cookie",
                       CookieField(request, sealer_.cookie(), "", absl::ZeroDuration()));
  return response;
}

}  // namespace vigil::gateway::auth
