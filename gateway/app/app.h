#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/lifecycle.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::gateway {

/// The gateway, running: HTTP, gRPC and metrics ports.
class App {
 public:
  /// Starts everything. The error names the key of the configuration, or the address, and the
  /// remedy.
  static absl::StatusOr<std::unique_ptr<App>> Start(const config::v1::GatewayConfig& config);
  ~App();

  int HttpPort() const;
  int GrpcPort() const;
  int MetricsPort() const;

  /// Drains: no new requests, streams end, what is under way gets `common.drain_seconds`. Blocks.
  void Stop();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// App::Start for rpc::RunService: the App lives until `lifecycle` stops it.
absl::Status StartApp(const config::v1::GatewayConfig& config, rpc::Lifecycle& lifecycle);

}  // namespace vigil::gateway
