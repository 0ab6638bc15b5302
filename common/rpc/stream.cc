#include "common/rpc/stream.h"

#include "common/rpc/call_log.h"

namespace vigil::rpc {

void StreamEnded(const CallGuard& guard, const std::string& method, const std::string& trace_id,
                 const absl::Status& status, absl::Duration took) {
  guard.metrics().Method(method).Finished(status.code(), took);
  LogCall(method, "", trace_id, status, took);
}

}  // namespace vigil::rpc
