#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "gateway/http/responder.h"
#include "gateway/http/server.h"

namespace vigil::gateway::http {

class Connection;

/// What all connections of a server share.
struct Shared {
  ServerOptions options;
  Handler handler;
  std::atomic<int> connections{0};
};

/// One I/O thread's event loop. Everything but `context` is touched on that thread only.
struct Loop {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  boost::asio::steady_timer sweep{context};
  std::unordered_set<Connection*> connections;
  bool draining = false;
};

/// One client. Reads a request, hands it on, writes its answer, and only then looks at the next:
/// pipelined requests wait in the buffer and the kernel. Confined to its loop's thread; Exchange
/// brings answers over from other threads.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<Loop> loop,
             std::shared_ptr<Shared> shared);

  void Start();
  /// Once a second: closes what has overstayed.
  void Sweep(Clock::time_point now);
  /// Closes an idle connection, ends a stream, and lets a request in flight be the last one.
  void Drain();
  void Close();

  // For Exchange.
  Loop& loop() { return *loop_; }
  const ServerOptions& options() const { return shared_->options; }
  void Annotate(std::string route, std::string trace_id);
  void Respond(Response response);
  void StartStream(Response head);
  void After(std::chrono::milliseconds wait, std::function<void()> then);
  void Write(std::string bytes, std::function<void(bool)> done);
  void Finish();
  void OnGone(std::function<void()> gone);

 private:
  struct Piece {
    std::string bytes;
    std::function<void(bool)> done;
  };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Error = boost::system::error_code;

  void AwaitRequest();
  void ReadHead();
  void OnHead(Error error);
  bool AdmitBody();
  void ReadBody();
  void OnRead(Error error);
  void Handle();
  void Refuse(Error error);
  void RefuseWith(Response response);
  void WriteHead(const Response& response, bool streamed);
  void OnResponded(Error error);
  void Linger();
  void Discard();
  void PumpStream();
  void OnPumped(Error error);
  void Depart();
  void Complete();
  void Expect(std::chrono::milliseconds within) { deadline_ = Clock::now() + within; }

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<Shared> shared_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Clock::time_point deadline_ = Clock::time_point::max();

  bool idle_ = true;
  bool closed_ = false;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool lingering_ = false;
  std::uint64_t discarded_ = 0;

  // The exchange under way.
  std::optional<Completion> completion_;
  Clock::time_point began_;
  std::string head_;
  std::string body_;
  std::optional<boost::asio::steady_timer> timer_;

  // A stream under way.
  bool streaming_ = false;
  bool chunked_ = false;
  bool finishing_ = false;
  bool pumping_ = false;
  std::deque<Piece> queue_;
  std::vector<Piece> in_flight_;
  std::function<void()> gone_;
};

}  // namespace vigil::gateway::http
