#include "gateway/rpc/call_options.h"

#include <string_view>

#include "common/rpc/channel.h"

namespace vigil::gateway {

upstream::CallOptions OptionsOf(const grpc::CallbackServerContext& context,
                                const rpc::Caller& caller) {
  constexpr std::string_view kScheme = "Bearer ";
  upstream::CallOptions options;
  options.trace_id = caller.trace_id;
  options.timeout = rpc::TimeLeft(context, absl::Minutes(1));
  // The guard took it, so it is there and of this form.
  const auto found = context.client_metadata().find("authorization");
  if (found != context.client_metadata().end() && found->second.size() > kScheme.size()) {
    options.token.assign(found->second.data() + kScheme.size(),
                         found->second.size() - kScheme.size());
  }
  return options;
}

}  // namespace vigil::gateway
