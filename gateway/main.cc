#include "common/rpc/run_service.h"
#include "gateway/app/app.h"

int main(int argc, char** argv) {
  return vigil::rpc::RunService<vigil::config::v1::GatewayConfig>("gateway", argc, argv,
                                                                  vigil::gateway::StartApp);
}
