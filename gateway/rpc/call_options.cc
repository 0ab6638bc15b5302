#include "gateway/rpc/call_options.h"

#include <string_view>
#include <utility>

#include "common/rpc/channel.h"
#include "gateway/http/message.h"

namespace vigil::gateway {
namespace {

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

std::string_view BearerTokenOf(const grpc::CallbackServerContext& context) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view value = MetadataOf(context, "authorization");
  if (!http::EqualsIgnoringCase(value.substr(0, kScheme.size()), kScheme)) return {};
  return value.substr(kScheme.size());
}

}  // namespace

upstream::CallOptions OptionsOf(const grpc::CallbackServerContext& context, std::string trace_id) {
  upstream::CallOptions options;
  options.token = BearerTokenOf(context);
  options.trace_id = std::move(trace_id);
  options.timeout = rpc::TimeLeft(context, absl::Minutes(1));
  return options;
}

}  // namespace vigil::gateway
