// What every command that calls a service shares: where, as whom, and how an error ends the
// program.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"

namespace vigil::vigilctl {

// Filled from the command line before a command runs.
struct Session {
  std::string address = "127.0.0.1:8081";
  std::string token_file = ".vigil/admin-token";
  bool json = false;
};

// Prints a reason and ends the program with 1.
[[noreturn]] void Fail(const absl::Status& status);

// The content of a file. Exits with the reason where it cannot be read.
std::string ReadText(const std::string& path);

// Calls one service.
class Connection {
 public:
  // Exits with the reason where the token cannot be read.
  explicit Connection(const Session& session);

  // Calls `method` of a stub, and exits with what the service says where it refuses.
  template <class Stub, class Request, class Response>
  Response Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) const {
    auto response = Try(method, request);
    if (!response.ok()) Fail(response.status());
    return *std::move(response);
  }

  // The same, with the refusal as a status.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Try(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               const Request& request) const {
    grpc::ClientContext context;
    rpc::PrepareCall(
        context,
        {.timeout = absl::Seconds(60), .token = token_, .trace_id = {}, .wait_for_ready = true});
    Stub stub(channel_);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  // Reads a stream to its end; a long one may take an hour.
  template <class Response, class Stub, class Request>
  absl::Status Read(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                        grpc::ClientContext*, const Request&),
                    const Request& request,
                    const std::function<void(const Response&)>& take) const {
    grpc::ClientContext context;
    rpc::PrepareCall(
        context,
        {.timeout = absl::Hours(1), .token = token_, .trace_id = {}, .wait_for_ready = true});
    Stub stub(channel_);
    const auto reader = (stub.*method)(&context, request);
    Response response;
    while (reader->Read(&response)) take(response);
    return rpc::FromGrpcStatus(reader->Finish());
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

// A message as JSON, zero values printed.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace vigil::vigilctl
