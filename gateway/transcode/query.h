#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/transcode/route_table.h"
#include "google/protobuf/message.h"

namespace vigil::gateway::transcode {

/// One `name=value` of a query string, decoded.
struct QueryParameter {
  std::string name;
  std::string value;
};

/// Takes a query string apart. INVALID_ARGUMENT for a broken percent escape.
absl::StatusOr<std::vector<QueryParameter>> ParseQuery(std::string_view query);

/// Sets the request's fields from the query. Every parameter must name a field, in snake or camel
/// case, that neither the path nor the body gives; a single field may be given once.
/// INVALID_ARGUMENT with a BadRequest that names the parameter.
absl::Status ApplyQuery(const Route& route, std::string_view query,
                        google::protobuf::Message* request);

}  // namespace vigil::gateway::transcode
