#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace vigil::gateway::upstream {

/// What goes with a call.
struct CallOptions {
  std::string token;     ///< Bearer token of the caller, passed on: the backend's guard decides.
  std::string trace_id;  ///< Trace that the call belongs to.
  /// Where the token is the gateway's own: for whom it calls, `receivers/anna`; empty: for itself.
  std::string on_behalf_of = {};
  absl::Duration timeout = absl::Seconds(10);  ///< Of a unary call; a stream lasts up to a day.
};

/// The status carries the backend's google.rpc.Status, as bytes, in error_details().
using UnaryDone = std::function<void(grpc::Status, grpc::ByteBuffer)>;

/// What a stream tells its reader. One call at a time, on gRPC's threads.
struct StreamEvents {
  std::function<void()> on_open;  ///< The backend took the call; it may come late or never.
  std::function<void(grpc::ByteBuffer)> on_message;  ///< The answer to one Read.
  std::function<void(grpc::Status)> on_done;         ///< The end; nothing comes after it.
};

/// A server stream under way. Any thread may call it.
class ServerStream {
 public:
  virtual ~ServerStream() = default;
  /// Asks for one message: on_message or on_done answers. Not to be called again before.
  virtual void Read() = 0;
  /// Gives the stream up; on_done still comes.
  virtual void Cancel() = 0;
};

/// Calls RPCs with messages in wire form, and never blocks.
class Caller {
 public:
  virtual ~Caller() = default;

  /// Calls `/package.Service/Method`. `done` runs once, on another thread or before this returns.
  virtual void Unary(const std::string& rpc_path, grpc::ByteBuffer request,
                     const CallOptions& options, UnaryDone done) = 0;
  /// Opens a server stream. It lives until on_done even where the pointer is dropped.
  virtual std::shared_ptr<ServerStream> Open(const std::string& rpc_path, grpc::ByteBuffer request,
                                             const CallOptions& options, StreamEvents events) = 0;
};

/// A message's bytes in one piece.
std::string ToString(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer ToByteBuffer(const std::string& bytes);

}  // namespace vigil::gateway::upstream
