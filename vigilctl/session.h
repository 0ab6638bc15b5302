// What every command that calls a service shares: where, as whom, and how an error ends the
// program.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/rpc/channel.h"

namespace vigil::vigilctl {

// Filled from the command line before a command runs.
struct Session {
  std::string address = "127.0.0.1:8081";
  std::string token_file = ".vigil/admin-token";
  bool json = false;
};

// Calls one service.
class Connection {
 public:
  // Exits with the reason where the token cannot be read.
  explicit Connection(const Session& session);

  // Calls `method` of a stub, and exits with what the service says where it refuses.
  template <class Stub, class Request, class Response>
  Response Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) const {
    grpc::ClientContext context;
    rpc::PrepareCall(context, {.timeout = absl::Seconds(60), .token = token_, .trace_id = {}});
    Stub stub(channel_);
    Response response;
    if (auto status = (stub.*method)(&context, request, &response); !status.ok()) Refused(status);
    return response;
  }

 private:
  [[noreturn]] static void Refused(const grpc::Status& status);

  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

// Prints a reason and ends the program with 1.
[[noreturn]] void Fail(const absl::Status& status);

// A message as JSON, zero values printed.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace vigil::vigilctl
