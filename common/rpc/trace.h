#pragma once

#include <string>
#include <string_view>

namespace vigil::rpc {

// The trace id (32 lower-case hex digits) of a W3C `traceparent` value; empty where it is
// malformed.
std::string TraceIdOf(std::string_view traceparent);

// A new random trace id.
std::string NewTraceId();

// A `traceparent` value that goes on with `trace_id` under a new span id.
std::string TraceparentOf(std::string_view trace_id);

}  // namespace vigil::rpc
