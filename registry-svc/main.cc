#include "common/rpc/run_service.h"
#include "registry-svc/app/app.h"
#include "vigil/config/v1/config.pb.h"

int main(int argc, char** argv) {
  return vigil::rpc::RunService<vigil::config::v1::RegistryConfig>("registry-svc", argc, argv,
                                                                   vigil::registry::StartApp);
}
