#include "alert-svc/app/app.h"
#include "common/rpc/run_service.h"
#include "vigil/config/v1/config.pb.h"

int main(int argc, char** argv) {
  return vigil::rpc::RunService<vigil::config::v1::AlertConfig>("alert-svc", argc, argv,
                                                                vigil::alert::StartApp);
}
