// A bare gRPC server that answers every GetCase with the same bytes: the limit that registry-svc is
// measured against. usage: get_case_echo PAYLOAD_FILE; prints the port it listens on and serves
// until killed.
#include <fstream>
#include <iostream>

#include <grpcpp/grpcpp.h>

#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace {

namespace pb = vigil::registry::v1;

class Echo final : public pb::CaseService::CallbackService {
 public:
  explicit Echo(pb::Case answer) : answer_(std::move(answer)) {}
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const pb::GetCaseRequest* /*request*/,
                                    pb::Case* response) override {
    *response = answer_;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const pb::Case answer_;
};

}  // namespace

int main(int argc, char** argv) {
  pb::Case answer;
  std::ifstream payload(argc == 2 ? argv[1] : "", std::ios::binary);
  if (!payload || !answer.ParseFromIstream(&payload)) {
    std::cerr << "usage: get_case_echo PAYLOAD_FILE (a serialized Case)\n";
    return 2;
  }
  Echo echo(std::move(answer));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::cout << port << std::endl;
  server->Wait();
}
