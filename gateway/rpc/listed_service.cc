#include "gateway/rpc/listed_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <utility>

#include "common/rpc/errors.h"
#include "common/rpc/status.h"

namespace vigil::gateway {
namespace {

using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
using Method = grpc::internal::RpcServiceMethod;

grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpcStatus(rpc::Unimplemented("NOT_SERVED", {}, "there is no such RPC")));
  return reactor;
}

}  // namespace

ListedService::ListedService(std::string name) : name_(std::move(name)), path_("/" + name_ + "/") {
  AddMethod(new Method(path_.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodRawCallback(
      0, new Handler([](grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                        grpc::ByteBuffer*) { return Refuse(context); }));
}

}  // namespace vigil::gateway
