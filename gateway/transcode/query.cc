#include "gateway/transcode/query.h"

#include <set>

#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/transcode/field_path.h"

namespace vigil::gateway::transcode {
namespace {

using google::protobuf::FieldDescriptor;

std::string NameOf(const FieldPath& path) {
  std::string name;
  for (const FieldDescriptor* field : path) {
    if (!name.empty()) name += '.';
    name += field->name();
  }
  return name;
}

// The path's variables and the body's field belong to them alone.
bool TakenElsewhere(const Route& route, const std::string& name) {
  if (route.body == "*") return true;
  for (const PathTemplate::Variable& variable : route.path.variables()) {
    if (variable.field == name) return true;
  }
  return !route.body.empty() &&
         (name == route.body || name.compare(0, route.body.size() + 1, route.body + ".") == 0);
}

}  // namespace

absl::StatusOr<std::vector<QueryParameter>> ParseQuery(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = PercentDecode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::string()
                                                  : PercentDecode(pair.substr(equals + 1), true);
    if (!name || !value) {
      return rpc::InvalidArgument("BAD_QUERY", "query", "the query has a broken percent escape");
    }
    parameters.push_back({*std::move(name), *std::move(value)});
  }
  return parameters;
}

absl::Status ApplyQuery(const Route& route, std::string_view query,
                        google::protobuf::Message* request) {
  if (query.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<QueryParameter>> parameters = ParseQuery(query);
  if (!parameters.ok()) return parameters.status();
  std::set<std::string> seen;
  for (const QueryParameter& parameter : *parameters) {
    const absl::StatusOr<FieldPath> path =
        ResolveFieldPath(*request->GetDescriptor(), parameter.name);
    if (!path.ok() || TakenElsewhere(route, NameOf(*path))) {
      return rpc::InvalidArgument(
          "UNKNOWN_QUERY_PARAMETER", parameter.name,
          fmt::format("unknown query parameter '{:.100}'; /openapi.json lists those of this path",
                      parameter.name));
    }
    const std::string name = NameOf(*path);
    if (!seen.insert(name).second && !path->back()->is_repeated()) {
      return rpc::InvalidArgument("BAD_QUERY", name,
                                  fmt::format("query parameter '{}' is given twice", name));
    }
    if (absl::Status set = SetFromText(*path, parameter.value, request); !set.ok()) {
      return rpc::InvalidArgument(
          "BAD_QUERY", name,
          fmt::format("query parameter '{}': {}", name, std::string(set.message())));
    }
  }
  return absl::OkStatus();
}

}  // namespace vigil::gateway::transcode
