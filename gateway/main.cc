#include "common/rpc/run_service.h"
#include "gateway/app/app.h"
#include "vigil/config/v1/config.pb.h"

int main(int argc, char** argv) {
  vigil::config::v1::GatewayConfig config;
  config.set_http_listen("127.0.0.1:8080");
  config.mutable_common()->set_grpc_listen("127.0.0.1:8081");
  config.mutable_common()->set_metrics_listen("127.0.0.1:9080");
  return vigil::rpc::RunService("gateway", argc, argv, config, vigil::gateway::StartApp);
}
