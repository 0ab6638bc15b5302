#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "common/config/config.h"
#include "common/rpc/lifecycle.h"

namespace vigil::rpc {

// Reads the configuration over what `config` holds, sets up the log, calls `start`, waits for
// SIGTERM or SIGINT, and stops what `start` registered. Returns the exit code of main: 0, 2 for a
// bad configuration, 1 for a failed start; the reason goes to the log and to stderr in words.
int RunService(std::string_view name, int argc, char** argv, google::protobuf::Message& config,
               const std::function<absl::Status(Lifecycle&)>& start);

// The same for a config message:
//   int main(int argc, char** argv) {
//     vigil::config::v1::RegistryConfig config;
//     config.mutable_common()->set_grpc_listen("127.0.0.1:8082");  // unless told otherwise
//     return vigil::rpc::RunService("registry-svc", argc, argv, config, vigil::registry::StartApp);
//   }
// where absl::Status StartApp(const RegistryConfig&, rpc::Lifecycle&) starts everything, registers
// each teardown, and returns while it serves.
template <class Config>
int RunService(std::string_view name, int argc, char** argv, Config& config,
               absl::Status (*start)(const Config&, Lifecycle&)) {
  return RunService(name, argc, argv, config,
                    [&](Lifecycle& lifecycle) { return start(config, lifecycle); });
}

}  // namespace vigil::rpc
