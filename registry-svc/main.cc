#include "common/rpc/run_service.h"
#include "registry-svc/app/app.h"
#include "vigil/config/v1/config.pb.h"

int main(int argc, char** argv) {
  vigil::config::v1::RegistryConfig config;
  config.mutable_common()->set_grpc_listen("127.0.0.1:8082");
  config.mutable_common()->set_metrics_listen("127.0.0.1:9082");
  return vigil::rpc::RunService("registry-svc", argc, argv, config, vigil::registry::StartApp);
}
