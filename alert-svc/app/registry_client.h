#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/registry_feed.h"

namespace vigil::alert {

// The feed over gRPC. Every call carries the token and a deadline; answers come on the executor.
// `executor` outlives it. It is destroyed after all its streams and once no call is under way, or
// with the executor stopped.
std::unique_ptr<RegistryFeed> MakeRegistryClient(std::shared_ptr<grpc::Channel> channel,
                                                 std::string token, Executor& executor);

}  // namespace vigil::alert
