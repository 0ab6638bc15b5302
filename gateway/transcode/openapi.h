#pragma once

#include <string>

#include "gateway/transcode/route_table.h"

namespace vigil::gateway::transcode {

/// The OpenAPI 3 description of the routes, from the same descriptors that they were made from.
std::string MakeOpenApi(const RouteTable& table);

}  // namespace vigil::gateway::transcode
