#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http/message.h"
#include "gateway/http/responder.h"

namespace vigil::gateway::http {

/// Handles one request. Runs on an I/O thread and must not block; the answer may come later, from
/// any thread.
using Handler = std::function<void(std::shared_ptr<const Request>, std::shared_ptr<Responder>)>;

/// What became of one request, told when its last byte was written or its client left.
struct Completion {
  std::string method;
  std::string route;     ///< As annotated; empty where nothing annotated it.
  std::string trace_id;  ///< As annotated.
  int status = 0;
  std::uint64_t bytes = 0;  ///< Of the body, without the head.
  std::chrono::nanoseconds duration{0};
};

/// What a request's head alone decides about its body.
struct Admission {
  std::optional<Response> refusal;  ///< Sent at once where set; the body is thrown away unread.
  std::uint64_t body_limit = 0;     ///< In bytes; counts where it is below the server's own.
};

/// Limits and hooks of a server. The defaults are those of production.
struct ServerOptions {
  std::string listen = "127.0.0.1:0";
  int threads = 2;
  /// Connections served at one time. Lowered to what the descriptor limit leaves after a reserve
  /// for upstream calls and files; above it a new connection gets a 503 and is closed.
  int max_connections = 10000;
  std::uint32_t header_limit = 16 * 1024;
  std::uint64_t body_limit = 8 * 1024 * 1024;
  std::chrono::milliseconds idle_timeout{120'000};  ///< Between two requests.
  std::chrono::milliseconds header_timeout{
      10'000};  ///< From a request's first byte to the end of its head.
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds write_timeout{30'000};

  /// Makes the answer to what never reaches the handler (400, 413, 431, 503) and to dropped
  /// responders (500).
  std::function<Response(int status, std::string message)> error_response;
  /// Asked about a request that has a body, before any of it is read, on an I/O thread: so that a
  /// stranger cannot make the server hold `body_limit` bytes for each connection. Optional.
  std::function<Admission(const Request& head)> admit;
  /// Told of every answered request, on an I/O thread.
  std::function<void(const Completion&)> on_complete;
  /// Told of the number of open connections whenever it changed, on an I/O thread.
  std::function<void(int)> on_connections;
};

/// An HTTP/1.1 server: keep-alive, pipelining, chunked streams, bounded in every direction.
///
/// Each connection lives on one of the I/O threads. Not to be shared between threads itself: Start
/// and Shutdown are for the owner.
class HttpServer {
 public:
  /// Listens and serves. INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE where it
  /// cannot be bound.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ServerOptions options, Handler handler);
  ~HttpServer();

  /// Port bound, for addresses that ask for port 0.
  int Port() const;
  /// Connections that will be served at one time.
  int MaxConnections() const;

  /// Stops accepting, closes idle connections, ends streams, lets requests in flight finish until
  /// `patience` is over, then closes what is left. Blocks.
  void Shutdown(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigil::gateway::http
