#include "gateway/app/edge.h"

#include <limits>

#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "common/rpc/trace.h"
#include "fmt/format.h"
#include "gateway/http/gzip.h"
#include "gateway/live/stream_format.h"
#include "gateway/rpc/served_call.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/json.h"
#include "gateway/transcode/openapi.h"
#include "gateway/transcode/transcoder.h"
#include "gateway/upstream/explain.h"

namespace vigil::gateway {
namespace {

constexpr std::string_view kApiPrefix = "/v1/";
constexpr std::string_view kCalendarPrefix = "/calendar/";
constexpr std::string_view kCalendarSuffix = ".ics";
constexpr std::uint64_t kSmallBody = 4096;

bool IsCalendar(std::string_view path) {
  return path.size() > kCalendarPrefix.size() + kCalendarSuffix.size() &&
         path.starts_with(kCalendarPrefix) && path.ends_with(kCalendarSuffix);
}

// Where the client found us, to be put before links.
std::string AddressOf(const http::Request& request) {
  const bool tls = http::EqualsIgnoringCase(request.headers.Get("x-forwarded-proto"), "https");
  return fmt::format("{}://{}", tls ? "https" : "http", request.headers.Get("host"));
}

bool IsApi(const http::Request& request) {
  return request.path.compare(0, kApiPrefix.size(), kApiPrefix) == 0;
}

// Everything but the page's files: nothing of it may stay in a cache.
http::Response Complete(http::Response response) {
  if (response.headers.Find("cache-control") == nullptr) {
    response.headers.Add("Cache-Control", "no-store");
  }
  AddSecurityHeaders(&response);
  return response;
}

void Send(const std::shared_ptr<http::Responder>& responder, http::Response response) {
  responder->Send(Complete(std::move(response)));
}

void SendError(const std::shared_ptr<http::Responder>& responder, const absl::Status& status) {
  Send(responder, transcode::ErrorResponse(status));
}

http::Response JsonResponse(std::string body, int status = 200) {
  http::Response response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

// `known`: what the client has, by its If-None-Match. The packed feed has a tag of its own, as what
// a strong one stands for is the same to the byte.
http::Response CalendarResponse(ical::Feed feed, std::string_view known, bool gzip) {
  if (gzip) feed.etag.insert(feed.etag.size() - 1, "-gzip");
  http::Response response;
  response.headers.Add("ETag", feed.etag);
  response.headers.Add("Cache-Control", "private, no-cache");
  response.headers.Add("Vary", "Accept-Encoding");
  response.headers.Add("X-Robots-Tag", "noindex");
  if (known.find(feed.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.headers.Add("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH");
  if (gzip) response.headers.Add("Content-Encoding", "gzip");
  response.body = gzip ? http::Gzip(feed.text) : std::move(feed.text);
  return response;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

http::Response WrongMethod(std::vector<std::string> allowed) {
  const std::string methods = Joined(allowed);
  http::Response response = transcode::ErrorResponse(
      405, rpc::InvalidArgument("METHOD_NOT_ALLOWED", "method",
                                fmt::format("this path takes {}", methods)));
  response.headers.Add("Allow", methods);
  return response;
}

bool OnlyReads(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

absl::Status NoSuchPath() {
  return rpc::NotFound("PATH_NOT_FOUND", {}, "there is nothing at this path; see /openapi.json");
}

std::string TraceOf(const http::Request& request) {
  const std::string trace_id = rpc::TraceIdOf(request.headers.Get("traceparent"));
  return trace_id.empty() ? rpc::NewTraceId() : trace_id;
}

}  // namespace

void AddSecurityHeaders(http::Response* response) {
  response->headers.Add("Content-Security-Policy",
                        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                        "form-action 'self'; object-src 'none'");
  response->headers.Add("X-Content-Type-Options", "nosniff");
  response->headers.Add("X-Frame-Options", "DENY");
  response->headers.Add("Referrer-Policy", "no-referrer");
}

http::Response ServerError(int status, std::string message) {
  absl::Status error;
  switch (status) {
    case 413:
      error = rpc::InvalidArgument("BODY_TOO_LARGE", "body", std::move(message));
      break;
    case 431:
      error = rpc::InvalidArgument("HEAD_TOO_LARGE", "headers", std::move(message));
      break;
    case 503:
      error = rpc::Unavailable("TOO_MANY_CONNECTIONS", {}, std::move(message));
      break;
    case 400:
      error = rpc::InvalidArgument("BAD_HTTP", "request", std::move(message));
      break;
    default:
      error = rpc::Internal("HANDLER_DROPPED", {}, std::move(message));
      break;
  }
  return Complete(transcode::ErrorResponse(status, error));
}

Edge::Edge(EdgeParts parts) : parts_(parts), openapi_(transcode::MakeOpenApi(parts.routes)) {}

http::Admission Edge::Admit(const http::Request& head) const {
  http::Admission admission;
  admission.body_limit = kSmallBody;
  if (!IsApi(head)) return admission;
  admission.body_limit = std::numeric_limits<std::uint64_t>::max();
  const auto identity = parts_.authenticator.Authenticate(head);
  if (!identity.ok()) admission.refusal = Complete(transcode::ErrorResponse(identity.status()));
  return admission;
}

void Edge::Handle(RequestPtr request, ResponderPtr responder) const {
  if (IsApi(*request)) return HandleApi(request, responder);
  const std::string& path = request->path;
  const std::string trace_id = TraceOf(*request);
  if (path == "/healthz" || path == "/readyz" || path == "/openapi.json") {
    responder->Annotate(path, trace_id);
    if (!OnlyReads(*request)) return Send(responder, WrongMethod({"GET", "HEAD"}));
  }
  if (path == "/healthz") return Send(responder, JsonResponse(R"({"status":"alive"})"));
  if (path == "/readyz") {
    return parts_.readiness.Check([responder](bool ready, std::string body) {
      Send(responder, JsonResponse(std::move(body), ready ? 200 : 503));
    });
  }
  // What the paths are is no secret: tools that read it send no token.
  if (path == "/openapi.json") return Send(responder, JsonResponse(openapi_));
  if (path == "/session") {
    responder->Annotate(path, trace_id);
    return Send(responder, parts_.authenticator.Session(*request));
  }
  if (IsCalendar(path)) return HandleCalendar(*request, responder);
  if (path.starts_with(ActionDesk::kPrefix)) return HandleAction(*request, responder);
  HandlePage(*request, responder);
}

// The address is the only proof: calendar programs send no token.
void Edge::HandleCalendar(const http::Request& request, const ResponderPtr& responder) const {
  upstream::CallOptions options;
  options.trace_id = TraceOf(request);
  responder->Annotate("/calendar/{token}.ics", options.trace_id);
  if (!OnlyReads(request)) return Send(responder, WrongMethod({"GET", "HEAD"}));
  std::string_view secret = request.path;
  secret.remove_prefix(kCalendarPrefix.size());
  secret.remove_suffix(kCalendarSuffix.size());
  const std::string known(request.headers.Get("if-none-match"));
  const bool gzip = http::TakesGzip(request.headers.Get("accept-encoding"));
  parts_.calendars.Read(secret, AddressOf(request), options,
                        [responder, known, gzip](absl::StatusOr<ical::Feed> feed) {
                          if (!feed.ok()) return SendError(responder, feed.status());
                          Send(responder, CalendarResponse(*std::move(feed), known, gzip));
                        });
}

// The address is the only proof here too: who reads their mail need not sign in to answer.
void Edge::HandleAction(const http::Request& request, const ResponderPtr& responder) const {
  const std::string trace_id = TraceOf(request);
  responder->Annotate("/act/{link}", trace_id);
  if (!OnlyReads(request) && request.method != "POST") {
    return Send(responder, WrongMethod({"GET", "HEAD", "POST"}));
  }
  parts_.actions.Answer(request, trace_id, [responder](http::Response response) {
    Send(responder, std::move(response));
  });
}

void Edge::HandlePage(const http::Request& request, const ResponderPtr& responder) const {
  responder->Annotate("(page)", TraceOf(request));
  http::Response response;
  if (parts_.site.Answer(request, &response)) return Send(responder, std::move(response));
  responder->Annotate("(none)", TraceOf(request));
  http::Request read = request;
  read.method = "GET";
  if (!OnlyReads(request) && parts_.site.Answer(read, &response)) {
    return Send(responder, WrongMethod({"GET", "HEAD"}));
  }
  SendError(responder, NoSuchPath());
}

// Who calls is asked before what exists: without a token every path of the API looks the same.
void Edge::HandleApi(const RequestPtr& request, const ResponderPtr& responder) const {
  const std::optional<transcode::RouteMatch> match =
      parts_.routes.Find(request->method, request->path);
  const bool known = match && match->route != nullptr;
  responder->Annotate(known ? transcode::RouteLabel(*match->route) : "(none)", TraceOf(*request));
  const auto identity = parts_.authenticator.Authenticate(*request);
  if (!identity.ok()) return SendError(responder, identity.status());
  if (!match) return SendError(responder, NoSuchPath());
  if (!known) return Send(responder, WrongMethod(match->allowed));
  const auto message = transcode::MakeRpcRequest(*match, *request);
  if (!message.ok()) return SendError(responder, message.status());

  upstream::CallOptions options;
  options.token = identity->token;
  options.trace_id = identity->caller.trace_id;
  responder->Annotate(transcode::RouteLabel(*match->route), options.trace_id);
  if (!match->route->rpc->server_streaming()) {
    return CallUnary(*match->route, (*message)->SerializeAsString(), options, responder);
  }
  live::ResumeFrom(request->headers.Get("last-event-id"), message->get());
  live::ServeStream(parts_.backends, *match->route, live::FormatFor(request->headers),
                    (*message)->SerializeAsString(), options,
                    ServedCall(parts_.metrics, match->route->rpc_path), parts_.streams, responder,
                    AddSecurityHeaders);
}

void Edge::CallUnary(const transcode::Route& route, const std::string& wire,
                     const upstream::CallOptions& options, const ResponderPtr& responder) const {
  ServedCall call(parts_.metrics, route.rpc_path);
  if (const absl::Status room = call.Enter(); !room.ok()) {
    call.End(room.code());
    return SendError(responder, room);
  }
  const auto answer = [responder, &route, call](const grpc::Status& status,
                                                const grpc::ByteBuffer& response) {
    call.End(static_cast<absl::StatusCode>(status.error_code()));
    if (!status.ok()) return SendError(responder, upstream::Explain(status));
    absl::StatusOr<std::string> json =
        transcode::WireToJson(*route.rpc->output_type(), upstream::ToString(response));
    if (!json.ok()) return SendError(responder, json.status());
    Send(responder, JsonResponse(*std::move(json)));
  };
  parts_.backends.Unary(route.rpc_path, upstream::ToByteBuffer(wire), options, answer);
}

}  // namespace vigil::gateway
