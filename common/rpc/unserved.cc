#include "common/rpc/unserved.h"

#include "common/rpc/errors.h"
#include "common/rpc/status.h"

namespace vigil::rpc {
namespace {

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

absl::Status NotServed() {
  return Unimplemented("NOT_SERVED", {},
                       "no such method is served here; reflection and /openapi.json list those "
                       "that are");
}

grpc::ServerGenericBidiReactor* Refuse(const absl::Status& status) { return new Refusal(status); }

grpc::ServerGenericBidiReactor* UnservedCalls::CreateReactor(grpc::GenericCallbackServerContext*) {
  return Refuse(NotServed());
}

}  // namespace vigil::rpc
