#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "absl/status/status.h"

namespace vigil::rpc {

// UNIMPLEMENTED with NOT_SERVED: what a call gets whose method nobody serves there.
absl::Status NotServed();

// Ends a generic call with an error, without reading anything. Deletes itself.
grpc::ServerGenericBidiReactor* Refuse(const absl::Status& status);

// Takes the calls that no service of a server has, so that they too end with a reason. One a
// server, and outlives it.
class UnservedCalls final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
};

}  // namespace vigil::rpc
