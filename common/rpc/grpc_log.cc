#include "common/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "common/log/log.h"

namespace vigil::rpc {
namespace {

LogLevel LevelOf(gpr_log_severity severity) {
  switch (severity) {
    case GPR_LOG_SEVERITY_DEBUG:
      return LogLevel::kDebug;
    case GPR_LOG_SEVERITY_INFO:
      return LogLevel::kInfo;
    case GPR_LOG_SEVERITY_ERROR:
      return LogLevel::kWarning;  // often a peer's doing; what fails for it is logged as an error
  }
  return LogLevel::kInfo;
}

}  // namespace

void RouteGrpcLog() {
  gpr_set_log_function(+[](gpr_log_func_args* args) {
    Log(LevelOf(args->severity), "grpc", {{"why", args->message}, {"line", args->line}});
  });
}

}  // namespace vigil::rpc
