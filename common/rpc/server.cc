#include "common/rpc/server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <mutex>

#include "absl/time/clock.h"
#include "common/rpc/errors.h"
#include "common/rpc/keepalive.h"

namespace vigil::rpc {
namespace {

constexpr int kIdleMs = 15 * 60'000;
// Clients reconnect now and then, and so find servers that were added.
constexpr int kAgeMs = 30 * 60'000;
constexpr int kAgeGraceMs = 5 * 60'000;
constexpr int kMaxStreams = 1'000;
constexpr size_t kMaxBuffers = size_t{512} << 20;

// Once for the process; grpc's plugins are global.
void InitPlugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void Configure(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("vigil");
  quota.Resize(kMaxBuffers);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.SetMaxSendMessageSize(kMaxAnswerBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kAgeGraceMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  // Two processes must not share a port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Builder::Start() {
  InitPlugins();
  grpc::ServerBuilder builder;
  Configure(builder);
  int port = 0;
  builder.AddListeningPort(listen_, grpc::InsecureServerCredentials(), &port);
  std::vector<std::string> names;
  for (const auto& [name, service] : services_) {
    builder.RegisterService(service);
    names.push_back(name);
  }
  auto unserved = std::make_unique<UnservedCalls>();
  builder.RegisterCallbackGenericService(generic_ != nullptr ? generic_ : unserved.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const bool is_unix = listen_.starts_with("unix:");
  if (!server || (port == 0 && !is_unix)) {
    return Unavailable("CANNOT_LISTEN", {{"address", listen_}},
                       fmt::format("grpc_listen: cannot listen on {}; give `host:port` of this "
                                   "machine with a port that is free",
                                   listen_));
  }
  std::unique_ptr<RpcServer> running(
      new RpcServer(std::move(unserved), std::move(server), std::move(names), is_unix ? 0 : port));
  running->SetServing(false);
  return running;
}

RpcServer::RpcServer(std::unique_ptr<UnservedCalls> unserved, std::unique_ptr<grpc::Server> server,
                     std::vector<std::string> names, int port)
    : unserved_(std::move(unserved)),
      server_(std::move(server)),
      names_(std::move(names)),
      port_(port) {}

RpcServer::~RpcServer() { Shutdown(absl::ZeroDuration()); }

void RpcServer::SetServing(bool serving) {
  auto* health = server_->GetHealthCheckService();
  for (const std::string& name : names_) health->SetServingStatus(name, serving);
  health->SetServingStatus("", serving);
}

void RpcServer::Shutdown(absl::Duration drain) {
  if (std::exchange(down_, true)) return;
  SetServing(false);
  server_->Shutdown(absl::ToChronoTime(absl::Now() + drain));
  server_->Wait();
}

}  // namespace vigil::rpc
