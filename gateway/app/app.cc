#include "gateway/app/app.h"

#include <optional>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/guard.h"
#include "common/rpc/server.h"
#include "fmt/format.h"
#include "gateway/act/action_desk.h"
#include "gateway/aggregate/aggregator.h"
#include "gateway/aggregate/local_caller.h"
#include "gateway/app/access_log.h"
#include "gateway/app/edge.h"
#include "gateway/calendar/calendars.h"
#include "gateway/rpc/calendar_service.h"
#include "gateway/rpc/gateway_service.h"
#include "gateway/rpc/listed_service.h"
#include "gateway/rpc/pass_through.h"
#include "gateway/upstream/channel_caller.h"
#include "gateway/upstream/service_switch.h"
#include "gateway/upstream/upstream_metrics.h"

namespace vigil::gateway {
namespace {

using config::v1::GatewayConfig;

constexpr int kMaxConnections = 10'000;

absl::Status Validate(const GatewayConfig& config) {
  const auto missing = [](std::string_view key, std::string_view example) {
    return absl::InvalidArgumentError(fmt::format("{}: must be set, for example {}", key, example));
  };
  if (config.http_listen().empty()) return missing("http_listen", "127.0.0.1:8080");
  if (config.common().grpc_listen().empty()) return missing("common.grpc_listen", "127.0.0.1:8081");
  if (config.registry().empty()) return missing("registry", "127.0.0.1:8082");
  if (config.alert().empty()) return missing("alert", "127.0.0.1:8083");
  if (config.max_connections() < 0) {
    return absl::InvalidArgumentError("max_connections: must not be negative");
  }
  return absl::OkStatus();
}

// The token with which the gateway calls the other services for itself; empty where there is none.
absl::StatusOr<std::string> OwnToken(const GatewayConfig& config) {
  if (config.service_token_file().empty()) return std::string();
  absl::StatusOr<std::string> token = rpc::ReadSecret(config.service_token_file());
  return token.ok() ? token : rpc::Annotate(token.status(), "service_token_file: ");
}

// Opens action links; nothing where the configuration has no key for them.
absl::StatusOr<std::optional<Sealer>> ActionSealer(const GatewayConfig& config) {
  if (config.action_key_file().empty()) return std::nullopt;
  const auto key = rpc::ReadKey(config.action_key_file(), "action_key_file");
  if (!key.ok()) return key.status();
  return Sealer(*key);
}

}  // namespace

// In the order in which the parts need each other; destroyed the other way round.
struct App::Parts {
  Parts(const GatewayConfig& from, std::unique_ptr<Clock> with_clock)
      : config(from), clock(std::move(with_clock)) {}

  const GatewayConfig config;
  const std::unique_ptr<Clock> clock;
  Metrics metrics;
  rpc::RpcMetrics rpc_metrics{metrics};
  AccessLog access_log{metrics};
  upstream::UpstreamMetrics upstream_metrics{metrics};
  upstream::ChannelCaller registry{rpc::MakeChannel(config.registry()), upstream_metrics};
  upstream::ChannelCaller alert{rpc::MakeChannel(config.alert()), upstream_metrics};
  upstream::ServiceSwitch backends;
  Aggregator aggregator{backends};
  Readiness readiness{registry, alert};

  std::unique_ptr<rpc::CallGuard> guard;
  std::optional<Calendars> calendars;
  std::optional<ActionDesk> actions;
  std::optional<LocalCaller> local;
  std::optional<transcode::RouteTable> routes;
  std::optional<auth::Authenticator> authenticator;
  std::optional<StaticSite> site;
  std::optional<Edge> edge;
  std::optional<GatewayServiceHandler> service;
  std::optional<CalendarServiceHandler> calendar_service;
  std::optional<PassThrough> pass_through;
  std::vector<std::unique_ptr<ListedService>> passed;
  std::unique_ptr<rpc::RpcServer> rpc_server;
  std::unique_ptr<http::HttpServer> http_server;

  absl::Status Assemble() {
    backends.Add("vigil.registry.v1", registry);
    backends.Add("vigil.alert.v1", alert);
    auto loaded_guard = rpc::CallGuard::Load(config.common(), rpc_metrics);
    if (!loaded_guard.ok()) return loaded_guard.status();
    guard = *std::move(loaded_guard);
    const auto own = OwnToken(config);
    if (!own.ok()) return own.status();
    calendars.emplace(backends, *guard, *clock, *own);
    auto action_sealer = ActionSealer(config);
    if (!action_sealer.ok()) return action_sealer.status();
    actions.emplace(backends, *clock, *std::move(action_sealer), *own);
    local.emplace(aggregator, *calendars, *guard);
    backends.Add("vigil.gateway.v1", *local);
    auto built = transcode::RouteTable::Build(transcode::VigilServices());
    if (!built.ok()) return built.status();
    routes = *std::move(built);
    auto sealer = auth::SessionSealer::Load(config.cookie_key_file());
    if (!sealer.ok()) return sealer.status();
    authenticator.emplace(*std::move(sealer), *guard, *clock);
    auto loaded_site = StaticSite::Load(config.web_dir());
    if (!loaded_site.ok()) return loaded_site.status();
    site = *std::move(loaded_site);
    edge.emplace(EdgeParts{*routes,
                           backends,
                           *authenticator,
                           *calendars,
                           *actions,
                           *site,
                           readiness,
                           rpc_metrics,
                           {}});
    service.emplace(aggregator, *guard);
    calendar_service.emplace(*calendars, *guard);
    pass_through.emplace(backends, rpc_metrics);
    for (const auto* passing : transcode::VigilServices()) {
      if (passing->file()->package() == "vigil.gateway.v1") continue;
      passed.push_back(std::make_unique<ListedService>(passing->full_name()));
    }
    return absl::OkStatus();
  }

  absl::Status Serve() {
    rpc::RpcServer::Builder builder(config.common().grpc_listen());
    builder.Add<v1::GatewayService>(&*service)
        .Add<v1::CalendarService>(&*calendar_service)
        .AddGeneric(&*pass_through);
    for (const auto& listed : passed) builder.Add(listed->name(), listed.get());
    auto rpc_started = builder.Start();
    if (!rpc_started.ok()) return rpc_started.status();
    rpc_server = *std::move(rpc_started);
    auto http_started =
        http::HttpServer::Start(HttpOptions(), [this](auto request, auto responder) {
          edge->Handle(std::move(request), std::move(responder));
        });
    if (!http_started.ok()) return http_started.status();
    http_server = *std::move(http_started);
    metrics.SetHealth([] { return absl::OkStatus(); });
    if (absl::Status served = metrics.Serve(config.common().metrics_listen()); !served.ok()) {
      return served;
    }
    rpc_server->SetServing(true);
    Log(LogLevel::kInfo, "listening",
        {{"http_port", http_server->Port()},
         {"grpc_port", rpc_server->Port()},
         {"max_connections", http_server->MaxConnections()}});
    return absl::OkStatus();
  }

  http::ServerOptions HttpOptions() {
    http::ServerOptions options;
    options.listen = config.http_listen();
    options.max_connections =
        config.max_connections() == 0 ? kMaxConnections : config.max_connections();
    options.error_response = ServerError;
    options.admit = [this](const http::Request& head) { return edge->Admit(head); };
    options.on_complete = [this](const http::Completion& completion) {
      access_log.Record(completion);
    };
    options.on_connections = [this](int count) { access_log.SetConnections(count); };
    return options;
  }

  // HTTP first: its requests in flight still need the backends. When the calls to the backends are
  // over, nothing is left that refers to the parts.
  void Stop() {
    const int seconds = config.common().drain_seconds();
    const absl::Duration patience = absl::Seconds(seconds > 0 ? seconds : 10);
    if (rpc_server) rpc_server->SetServing(false);
    if (pass_through) pass_through->EndStreams();
    const absl::Duration end = clock->Monotonic() + patience;
    const auto left = [&] { return std::max(end - clock->Monotonic(), absl::Milliseconds(100)); };
    if (http_server) http_server->Shutdown(absl::ToChronoMilliseconds(patience));
    registry.Drain(left());
    alert.Drain(left());
    if (rpc_server) rpc_server->Shutdown(left());
    metrics.StopServing();
  }
};

absl::StatusOr<std::unique_ptr<App>> App::Start(const GatewayConfig& config) {
  if (absl::Status valid = Validate(config); !valid.ok()) return valid;
  auto clock = OpenClock(config.common().clock_file());
  if (!clock.ok()) return clock.status();
  auto parts = std::make_unique<Parts>(config, *std::move(clock));
  if (absl::Status made = parts->Assemble(); !made.ok()) return made;
  if (absl::Status served = parts->Serve(); !served.ok()) {
    parts->Stop();
    return served;
  }
  return std::unique_ptr<App>(new App(std::move(parts)));
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() { Stop(); }
int App::HttpPort() const { return parts_->http_server->Port(); }
int App::GrpcPort() const { return parts_->rpc_server->Port(); }
int App::MetricsPort() const { return parts_->metrics.Port(); }
void App::Stop() { parts_->Stop(); }

absl::Status StartApp(const GatewayConfig& config, rpc::Lifecycle& lifecycle) {
  auto app = App::Start(config);
  if (!app.ok()) return app.status();
  const std::shared_ptr<App> kept = *std::move(app);
  lifecycle.OnStop("gateway", [kept] { kept->Stop(); });
  return absl::OkStatus();
}

}  // namespace vigil::gateway
