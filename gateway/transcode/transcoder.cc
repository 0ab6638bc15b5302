#include "gateway/transcode/transcoder.h"

#include "common/rpc/errors.h"
#include "fmt/format.h"
#include "gateway/transcode/field_path.h"
#include "gateway/transcode/json.h"
#include "gateway/transcode/query.h"

namespace vigil::gateway::transcode {
namespace {

using google::protobuf::Message;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

absl::Status ApplyBody(const Route& route, std::string_view body, Message* request) {
  if (route.body.empty()) {
    if (IsBlank(body)) return absl::OkStatus();
    return rpc::InvalidArgument("UNEXPECTED_BODY", "body", "this call takes no body");
  }
  // An empty body stands for an empty message: `POST …:acknowledge` needs nothing more to say.
  if (IsBlank(body)) return absl::OkStatus();
  if (route.body == "*") return FromJson(body, "", request);
  const auto* field = request->GetDescriptor()->FindFieldByName(route.body);
  return FromJson(body, route.body, request->GetReflection()->MutableMessage(request, field));
}

absl::Status ApplyPath(const RouteMatch& match, Message* request) {
  for (const PathBinding& binding : match.bindings) {
    const absl::StatusOr<FieldPath> path =
        ResolveFieldPath(*request->GetDescriptor(), binding.field);
    if (!path.ok()) return path.status();
    if (absl::Status set = SetFromText(*path, binding.value, request); !set.ok()) {
      return rpc::InvalidArgument(
          "BAD_PATH", binding.field,
          fmt::format("the path gives '{}': {}", binding.field, std::string(set.message())));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  return std::unique_ptr<Message>(prototype->New());
}

absl::StatusOr<std::unique_ptr<Message>> MakeRpcRequest(const RouteMatch& match,
                                                        const http::Request& request) {
  std::unique_ptr<Message> out = NewMessage(*match.route->rpc->input_type());
  if (absl::Status status = ApplyBody(*match.route, request.body, out.get()); !status.ok()) {
    return status;
  }
  if (absl::Status status = ApplyQuery(*match.route, request.query, out.get()); !status.ok()) {
    return status;
  }
  if (absl::Status status = ApplyPath(match, out.get()); !status.ok()) return status;
  return out;
}

const std::string& RouteLabel(const Route& route) { return route.path.text(); }

}  // namespace vigil::gateway::transcode
