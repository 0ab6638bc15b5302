#include "common/rpc/call_log.h"

#include "common/log/log.h"
#include "common/rpc/errors.h"

namespace vigil::rpc {
namespace {

bool IsOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable;
}

}  // namespace

void LogCall(std::string_view method, std::string_view caller, std::string_view trace_id,
             const absl::Status& status, absl::Duration took) {
  const LogLevel level = status.ok()             ? LogLevel::kDebug
                         : IsOurs(status.code()) ? LogLevel::kError
                                                 : LogLevel::kInfo;
  if (!LogsAt(level)) return;
  const double seconds = absl::ToDoubleSeconds(took);
  const std::string code = absl::StatusCodeToString(status.code()), reason = ReasonOf(status);
  if (level == LogLevel::kError) {
    const std::string why(status.message());
    return Log(level, "call failed",
               {{"method", method},
                {"code", code},
                {"reason", reason},
                {"caller", caller},
                {"trace_id", trace_id},
                {"seconds", seconds},
                {"why", why}});
  }
  Log(level, status.ok() ? "call" : "call refused",
      {{"method", method},
       {"code", code},
       {"reason", reason},
       {"caller", caller},
       {"trace_id", trace_id},
       {"seconds", seconds}});
}

}  // namespace vigil::rpc
