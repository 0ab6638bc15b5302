#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/transcode/path_template.h"
#include "google/protobuf/descriptor.h"

namespace vigil::gateway::transcode {

/// One HTTP binding of one RPC, as its google.api.http annotation gives it.
struct Route {
  std::string http_method;  ///< `GET`
  PathTemplate path;
  std::string body;  ///< Empty: none; `*`: the whole request; else a field of the request.
  const google::protobuf::MethodDescriptor* rpc = nullptr;
  std::string rpc_path;  ///< `/vigil.registry.v1.CaseService/GetCase`
};

/// Where a request leads.
struct RouteMatch {
  const Route* route = nullptr;  ///< nullptr: the path is known, but not with this method.
  std::vector<PathBinding> bindings;
  std::vector<std::string> allowed;  ///< Methods the path is known with, where route is nullptr.
};

/// All routes of a set of services. Immutable once made.
class RouteTable {
 public:
  /// Reads the annotations of every RPC, additional bindings too. INVALID_ARGUMENT naming the RPC
  /// where a template, a variable or a body field does not fit its request.
  static absl::StatusOr<RouteTable> Build(
      const std::vector<const google::protobuf::ServiceDescriptor*>& services);

  /// Nothing for an unknown path. HEAD is answered like GET.
  std::optional<RouteMatch> Find(std::string_view http_method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

/// Every service of the public packages, in the generated pool: registry, alert and gateway.
std::vector<const google::protobuf::ServiceDescriptor*> VigilServices();

}  // namespace vigil::gateway::transcode
