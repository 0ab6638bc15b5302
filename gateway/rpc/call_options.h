#pragma once

#include <grpcpp/server_context.h>

#include "common/rpc/guard.h"
#include "gateway/upstream/caller.h"

namespace vigil::gateway {

/// What a call that came in by gRPC hands on to the backends: its token, its trace, and the time it
/// has left, at most a minute.
upstream::CallOptions OptionsOf(const grpc::CallbackServerContext& context,
                                const rpc::Caller& caller);

}  // namespace vigil::gateway
