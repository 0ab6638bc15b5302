#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/http/message.h"

namespace vigil::gateway::transcode {

/// The one place where a status code becomes an HTTP code.
int ToHttpStatus(absl::StatusCode code);

/// `NOT_FOUND` for kNotFound.
std::string_view CodeName(absl::StatusCode code);

/// `{"error": {"code": 404, "message": …, "status": "NOT_FOUND", "details": […]}}`, with the
/// google.rpc details that the status carries. UNAUTHENTICATED adds WWW-Authenticate; UNAVAILABLE
/// and RESOURCE_EXHAUSTED add Retry-After.
http::Response ErrorResponse(const absl::Status& status);

/// As ErrorResponse, with an HTTP code that no status code maps to: 405, 413, 431.
http::Response ErrorResponse(int http_status, const absl::Status& status);

/// The body alone.
std::string ErrorBody(int http_status, const absl::Status& status);

}  // namespace vigil::gateway::transcode
