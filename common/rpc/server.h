#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/unserved.h"

namespace vigil::rpc {

// A running gRPC server: health (grpc.health.v1), reflection, keepalive and connection age that
// agree with channel.h, requests of at most 8 MiB. The destructor stops it at once.
//   auto server = RpcServer::Builder("127.0.0.1:8082").Add<v1::CaseService>(&cases).Start();
class RpcServer {
 public:
  class Builder {
   public:
    // `host:port` (port 0: any free one) or `unix:/path`.
    explicit Builder(std::string listen) : listen_(std::move(listen)) {}

    // `Service` is the generated class (for the name under which its health is told); `service`
    // outlives the server.
    template <class Service>
    Builder& Add(grpc::Service* service) {
      return Add(Service::service_full_name(), service);
    }
    // The same under a name that is known at run time.
    Builder& Add(std::string name, grpc::Service* service) {
      services_.emplace_back(std::move(name), service);
      return *this;
    }

    // Takes every call that no added service has; without it they are refused with NOT_SERVED.
    Builder& AddGeneric(grpc::CallbackGenericService* service) {
      generic_ = service;
      return *this;
    }

    // Starts serving; health says NOT_SERVING until SetServing(true). UNAVAILABLE where the
    // address cannot be listened on.
    absl::StatusOr<std::unique_ptr<RpcServer>> Start();

   private:
    std::string listen_;
    std::vector<std::pair<std::string, grpc::Service*>> services_;
    grpc::CallbackGenericService* generic_ = nullptr;
  };

  ~RpcServer();

  // The TCP port listened on; 0 for a Unix socket.
  int Port() const { return port_; }

  // What health answers, overall and for every service.
  void SetServing(bool serving);

  // Drains: health says NOT_SERVING, no new call is taken, those under way get `drain`, what is
  // left is cancelled. Streams end themselves before this (they never finish otherwise) or are
  // cancelled at the deadline. Returns when all is over. Calling it again does nothing.
  void Shutdown(absl::Duration drain);

 private:
  RpcServer(std::unique_ptr<UnservedCalls> unserved, std::unique_ptr<grpc::Server> server,
            std::vector<std::string> names, int port);

  const std::unique_ptr<UnservedCalls> unserved_;
  std::unique_ptr<grpc::Server> server_;
  const std::vector<std::string> names_;
  const int port_;
  bool down_ = false;
};

}  // namespace vigil::rpc
