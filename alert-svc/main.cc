#include "alert-svc/app/app.h"
#include "common/rpc/run_service.h"
#include "vigil/config/v1/config.pb.h"

int main(int argc, char** argv) {
  vigil::config::v1::AlertConfig config;
  config.mutable_common()->set_grpc_listen("127.0.0.1:8083");
  config.mutable_common()->set_metrics_listen("127.0.0.1:9083");
  return vigil::rpc::RunService("alert-svc", argc, argv, config, vigil::alert::StartApp);
}
