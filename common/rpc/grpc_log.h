#pragma once

namespace vigil::rpc {

// From now on gRPC's own messages are lines of our log instead of its.
void RouteGrpcLog();

}  // namespace vigil::rpc
