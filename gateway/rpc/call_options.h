#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// What a call that came in by gRPC hands on to the backends: its bearer token, empty where there
/// is none, its trace, and the time it has left, at most a minute.
upstream::CallOptions OptionsOf(const grpc::CallbackServerContext& context, std::string trace_id);

}  // namespace vigil::gateway
