#pragma once

#include <memory>
#include <string>

#include "common/rpc/rpc_metrics.h"
#include "gateway/act/action_desk.h"
#include "gateway/app/readiness.h"
#include "gateway/app/static_site.h"
#include "gateway/auth/authenticator.h"
#include "gateway/calendar/calendars.h"
#include "gateway/http/server.h"
#include "gateway/live/live_stream.h"
#include "gateway/transcode/route_table.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// What the edge is made of. All must outlive it.
struct EdgeParts {
  const transcode::RouteTable& routes;
  upstream::Caller& backends;  ///< The gateway's own RPCs too.
  const auth::Authenticator& authenticator;
  Calendars& calendars;
  const ActionDesk& actions;
  const StaticSite& site;
  Readiness& readiness;
  rpc::RpcMetrics& metrics;
  live::LiveStreamOptions streams;
};

/// Everything that HTTP serves: `/v1/…` from the routes, `/session`, `/openapi.json`, health,
/// calendars, action links, and the page. Any thread.
class Edge {
 public:
  explicit Edge(EdgeParts parts);

  /// An http::ServerOptions::admit: only who may call the API may send it a body, and nothing else
  /// takes more than a token.
  http::Admission Admit(const http::Request& head) const;

  /// An http::Handler.
  void Handle(std::shared_ptr<const http::Request> request,
              std::shared_ptr<http::Responder> responder) const;

 private:
  using RequestPtr = std::shared_ptr<const http::Request>;
  using ResponderPtr = std::shared_ptr<http::Responder>;

  void HandleApi(const RequestPtr& request, const ResponderPtr& responder) const;
  void CallUnary(const transcode::Route& route, const std::string& wire,
                 const upstream::CallOptions& options, const ResponderPtr& responder) const;
  void HandleCalendar(const http::Request& request, const ResponderPtr& responder) const;
  void HandleAction(const http::Request& request, const ResponderPtr& responder) const;
  void HandlePage(const http::Request& request, const ResponderPtr& responder) const;

  EdgeParts parts_;
  std::string openapi_;
};

/// Adds what every answer carries: no sniffing, no framing, no referrer, scripts from here alone.
void AddSecurityHeaders(http::Response* response);

/// An error of the server itself, in the API's form: 400, 413, 431, 500, 503.
http::Response ServerError(int status, std::string message);

}  // namespace vigil::gateway
