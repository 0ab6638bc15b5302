#include "gateway/upstream/service_switch.h"

namespace vigil::gateway::upstream {
namespace {

const grpc::Status& NoSuchService() {
  static const auto& status = *new grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such service");
  return status;
}

class EndedStream : public ServerStream {
 public:
  void Read() override {}
  void Cancel() override {}
};

}  // namespace

void ServiceSwitch::Add(std::string package, Caller& caller) {
  callers_.emplace_back("/" + std::move(package) + ".", &caller);
}

Caller* ServiceSwitch::Find(const std::string& rpc_path) const {
  for (const auto& [prefix, caller] : callers_) {
    if (rpc_path.compare(0, prefix.size(), prefix) == 0) return caller;
  }
  return nullptr;
}

void ServiceSwitch::Unary(const std::string& rpc_path, grpc::ByteBuffer request,
                          const CallOptions& options, UnaryDone done) {
  Caller* caller = Find(rpc_path);
  if (caller == nullptr) return done(NoSuchService(), {});
  caller->Unary(rpc_path, std::move(request), options, std::move(done));
}

std::shared_ptr<ServerStream> ServiceSwitch::Open(const std::string& rpc_path,
                                                  grpc::ByteBuffer request,
                                                  const CallOptions& options, StreamEvents events) {
  Caller* caller = Find(rpc_path);
  if (caller != nullptr) {
    return caller->Open(rpc_path, std::move(request), options, std::move(events));
  }
  events.on_done(NoSuchService());
  return std::make_shared<EndedStream>();
}

}  // namespace vigil::gateway::upstream
