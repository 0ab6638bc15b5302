#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/http/message.h"
#include "gateway/transcode/route_table.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::transcode {

/// Makes the RPC's request, of its generated type, from the body, the query and the path; where
/// they meet, the path wins. INVALID_ARGUMENT with the field at fault.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> MakeRpcRequest(
    const RouteMatch& match, const http::Request& request);

/// A new, empty message of a type of the generated pool.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

/// `/v1/{name=cases/*}:file`: what logs and metrics call a route.
const std::string& RouteLabel(const Route& route);

}  // namespace vigil::gateway::transcode
