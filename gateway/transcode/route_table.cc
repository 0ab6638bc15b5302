#include "gateway/transcode/route_table.h"

#include <algorithm>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "gateway/transcode/field_path.h"
#include "google/api/annotations.pb.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/alert/v1/assurance.pb.h"
#include "vigil/alert/v1/settings_service.pb.h"
#include "vigil/gateway/v1/calendar.pb.h"
#include "vigil/gateway/v1/gateway.pb.h"
#include "vigil/registry/v1/audit.pb.h"
#include "vigil/registry/v1/exchange.pb.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/registry_service.pb.h"
#include "vigil/registry/v1/vocabulary.pb.h"
#include "vigil/registry/v1/what_if.pb.h"

namespace vigil::gateway::transcode {
namespace {

using google::api::HttpRule;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

struct Pattern {
  std::string method;
  std::string path;
};

Pattern PatternOf(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

absl::Status CheckFields(const Route& route) {
  for (const PathTemplate::Variable& variable : route.path.variables()) {
    const absl::StatusOr<FieldPath> field =
        ResolveFieldPath(*route.rpc->input_type(), variable.field);
    if (!field.ok()) return field.status();
  }
  if (route.body.empty() || route.body == "*") return absl::OkStatus();
  const auto* field = route.rpc->input_type()->FindFieldByName(route.body);
  if (field == nullptr || field->message_type() == nullptr || field->is_repeated()) {
    return absl::InvalidArgumentError(fmt::format("body '{}' is no message field", route.body));
  }
  return absl::OkStatus();
}

absl::StatusOr<Route> MakeRoute(const MethodDescriptor& rpc, const HttpRule& rule) {
  const Pattern pattern = PatternOf(rule);
  absl::StatusOr<PathTemplate> path = PathTemplate::Parse(pattern.path);
  if (!path.ok()) return path.status();
  Route route{pattern.method, *std::move(path), rule.body(), &rpc,
              fmt::format("/{}/{}", rpc.service()->full_name(), rpc.name())};
  if (absl::Status status = CheckFields(route); !status.ok()) return status;
  return route;
}

}  // namespace

absl::StatusOr<RouteTable> RouteTable::Build(
    const std::vector<const ServiceDescriptor*>& services) {
  RouteTable table;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& rpc = *service->method(i);
      if (!rpc.options().HasExtension(google::api::http)) continue;
      const HttpRule& rule = rpc.options().GetExtension(google::api::http);
      std::vector<const HttpRule*> bindings{&rule};
      for (const HttpRule& more : rule.additional_bindings()) bindings.push_back(&more);
      for (const HttpRule* binding : bindings) {
        absl::StatusOr<Route> route = MakeRoute(rpc, *binding);
        if (!route.ok()) {
          return absl::InvalidArgumentError(
              fmt::format("{}: {}", rpc.full_name(), std::string(route.status().message())));
        }
        table.routes_.push_back(*std::move(route));
      }
    }
  }
  return table;
}

std::optional<RouteMatch> RouteTable::Find(std::string_view http_method,
                                           std::string_view path) const {
  const std::optional<SplitPath> split = Split(path);
  if (!split) return std::nullopt;
  if (http_method == "HEAD") http_method = "GET";
  RouteMatch match;
  for (const Route& route : routes_) {
    std::optional<std::vector<PathBinding>> bindings = route.path.Match(*split);
    if (!bindings) continue;
    if (route.http_method == http_method) {
      match.route = &route;
      match.bindings = *std::move(bindings);
      match.allowed.clear();
      return match;
    }
    if (std::find(match.allowed.begin(), match.allowed.end(), route.http_method) ==
        match.allowed.end()) {
      match.allowed.push_back(route.http_method);
    }
  }
  if (match.allowed.empty()) return std::nullopt;
  return match;
}

std::vector<const ServiceDescriptor*> VigilServices() {
  // Naming a message of each file also keeps the file in the program.
  const FileDescriptor* const files[] = {registry::v1::GetCaseRequest::descriptor()->file(),
                                         registry::v1::Change::descriptor()->file(),
                                         registry::v1::Access::descriptor()->file(),
                                         registry::v1::Vocabulary::descriptor()->file(),
                                         registry::v1::ExportFilesRequest::descriptor()->file(),
                                         registry::v1::WhatIfRequest::descriptor()->file(),
                                         alert::v1::Alert::descriptor()->file(),
                                         alert::v1::CreatePolicyRequest::descriptor()->file(),
                                         alert::v1::PlannedMessage::descriptor()->file(),
                                         v1::CaseFile::descriptor()->file(),
                                         v1::Calendar::descriptor()->file()};
  std::vector<const ServiceDescriptor*> services;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  return services;
}

}  // namespace vigil::gateway::transcode
