#include "gateway/http/connection.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <ctime>
#include <exception>

#include "fmt/format.h"
#include "gateway/http/exchange.h"

namespace vigil::gateway::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

// What is read and thrown away after an answer that came before the end of its request, so that the
// client gets to read the answer and not a reset.
constexpr std::uint64_t kDiscardLimit = 64 * 1024 * 1024;
constexpr std::chrono::milliseconds kLingerTime{5'000};
constexpr std::size_t kReadAhead = 16 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The Date field, made anew once a second for each thread.
const std::string& DateNow() {
  thread_local std::time_t made = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    made = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[64];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  }
  return text;
}

std::string ToStdString(boost::beast::string_view text) { return {text.data(), text.size()}; }

Request HeadOf(const beast_http::request<beast_http::string_body>& message) {
  Request request;
  request.method = ToStdString(message.method_string());
  const std::string target = ToStdString(message.target());
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  for (const auto& field : message) {
    request.headers.Add(ToStdString(field.name_string()), ToStdString(field.value()));
  }
  return request;
}

std::shared_ptr<Request> MakeRequest(beast_http::request<beast_http::string_body> message) {
  auto request = std::make_shared<Request>(HeadOf(message));
  request->body = std::move(message.body());
  return request;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<Loop> loop,
                       std::shared_ptr<Shared> shared)
    : socket_(std::move(socket)), loop_(std::move(loop)), shared_(std::move(shared)) {}

void Connection::Start() {
  loop_->connections.insert(this);
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  AwaitRequest();
}

void Connection::Close() {
  if (closed_) return;
  closed_ = true;
  timer_.reset();
  loop_->connections.erase(this);
  Error ignored;
  socket_.close(ignored);
  const int left = --shared_->connections;
  if (options().on_connections) options().on_connections(left);
  Depart();
  Complete();
}

void Connection::Sweep(Clock::time_point now) {
  if (now >= deadline_) Close();
}

void Connection::Drain() {
  keep_alive_ = false;
  if (idle_) {
    Close();
  } else if (streaming_) {
    if (auto gone = std::exchange(gone_, nullptr)) gone();
    Finish();
  }
}

// Waits without a buffer: an idle connection costs a few hundred bytes.
void Connection::AwaitRequest() {
  if (loop_->draining) return Close();
  if (buffer_.size() > 0) return ReadHead();
  idle_ = true;
  buffer_.shrink_to_fit();
  Expect(options().idle_timeout);
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](Error error) {
    if (error || self->closed_) return self->Close();
    self->ReadHead();
  });
}

void Connection::ReadHead() {
  idle_ = false;
  parser_.emplace();
  parser_->header_limit(options().header_limit);
  parser_->body_limit(options().body_limit);
  Expect(options().header_timeout);
  beast_http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](Error error, std::size_t) { self->OnHead(error); });
}

void Connection::OnHead(Error error) {
  if (closed_) return;
  began_ = Clock::now();
  if (error) return Refuse(error);
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive() && !loop_->draining;
  chunked_ = message.version() >= 11;
  head_only_ = message.method() == beast_http::verb::head;
  if (parser_->is_done()) return Handle();
  if (!AdmitBody()) return;
  if (!EqualsIgnoringCase(ToStdString(message[beast_http::field::expect]), "100-continue")) {
    return ReadBody();
  }
  Expect(options().write_timeout);
  asio::async_write(socket_, asio::buffer(kContinue),
                    [self = shared_from_this()](Error failed, std::size_t) {
                      if (failed || self->closed_) return self->Close();
                      self->ReadBody();
                    });
}

bool Connection::AdmitBody() {
  if (!options().admit) return true;
  Admission admission = options().admit(HeadOf(parser_->get()));
  if (admission.refusal) {
    RefuseWith(*std::move(admission.refusal));
    return false;
  }
  if (admission.body_limit >= options().body_limit) return true;
  parser_->body_limit(admission.body_limit);
  // The length that the head tells was held against the server's limit only.
  if (parser_->content_length_remaining().value_or(0) <= admission.body_limit) return true;
  Refuse(make_error_code(beast_http::error::body_limit));
  return false;
}

void Connection::ReadBody() {
  Expect(options().body_timeout);
  beast_http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](Error error, std::size_t) { self->OnRead(error); });
}

void Connection::OnRead(Error error) {
  if (closed_) return;
  if (error) return Refuse(error);
  Handle();
}

void Connection::Handle() {
  deadline_ = Clock::time_point::max();  // The handler keeps its own deadline.
  std::shared_ptr<Request> request = MakeRequest(parser_->release());
  parser_.reset();
  completion_.emplace();
  completion_->method = request->method;
  try {
    shared_->handler(std::move(request), std::make_shared<Exchange>(shared_from_this()));
  } catch (const std::exception&) {
    // The exchange went with the handler, and answered 500.
  }
}

// Answers a request that could not be read, then closes: where the next one would begin is not
// known.
void Connection::Refuse(Error error) {
  int status = 400;
  std::string_view message = "the request is not well-formed HTTP/1.1";
  if (error == beast_http::error::body_limit) {
    status = 413;
    message = "the body is larger than this path takes (8 MiB at most); send less at a time";
  } else if (error == beast_http::error::header_limit) {
    status = 431;
    message = "the head of the request is too large";
  } else if (error.category() != make_error_code(beast_http::error::bad_method).category() ||
             error == beast_http::error::end_of_stream ||
             error == beast_http::error::partial_message) {
    return Close();
  }
  RefuseWith(options().error_response(status, std::string(message)));
}

void Connection::RefuseWith(Response response) {
  keep_alive_ = false;
  lingering_ = true;
  completion_.emplace();
  completion_->method = ToStdString(parser_->get().method_string());
  completion_->route = "(refused)";
  Respond(std::move(response));
}

void Connection::WriteHead(const Response& response, bool streamed) {
  fmt::memory_buffer out;
  auto to = fmt::appender(out);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 ReasonPhrase(response.status), DateNow());
  for (const auto& [name, value] : response.headers.fields()) {
    fmt::format_to(to, "{}: {}\r\n", name, value);
  }
  if (streamed) {
    fmt::format_to(to, "Connection: close\r\n{}", chunked_ ? "Transfer-Encoding: chunked\r\n" : "");
  } else {
    if (response.status != 204 && response.status != 304) {
      fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
    }
    fmt::format_to(to, "Connection: {}\r\n", keep_alive_ ? "keep-alive" : "close");
  }
  fmt::format_to(to, "\r\n");
  head_.assign(out.data(), out.size());
  completion_->status = response.status;
}

void Connection::Annotate(std::string route, std::string trace_id) {
  if (!completion_) return;
  completion_->route = std::move(route);
  completion_->trace_id = std::move(trace_id);
}

void Connection::Respond(Response response) {
  if (closed_) return;
  if (loop_->draining) keep_alive_ = false;
  WriteHead(response, false);
  body_ = head_only_ ? std::string() : std::move(response.body);
  completion_->bytes = body_.size();
  Expect(options().write_timeout);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(body_)};
  asio::async_write(socket_, buffers, [self = shared_from_this()](Error error, std::size_t) {
    self->OnResponded(error);
  });
}

void Connection::OnResponded(Error error) {
  if (closed_) return;
  Complete();
  body_ = std::string();
  if (error) return Close();
  if (keep_alive_) return AwaitRequest();
  Linger();
}

void Connection::Linger() {
  Error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (!lingering_) return Close();
  Expect(kLingerTime);
  Discard();
}

void Connection::Discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kReadAhead),
                          [self = shared_from_this()](Error error, std::size_t count) {
                            self->discarded_ += count;
                            if (error || self->closed_ || self->discarded_ > kDiscardLimit) {
                              return self->Close();
                            }
                            self->Discard();
                          });
}

void Connection::StartStream(Response head) {
  if (closed_) return;
  streaming_ = true;
  keep_alive_ = false;
  WriteHead(head, true);
  queue_.push_front({std::move(head_), nullptr});
  PumpStream();
  if (head_only_) Finish();  // Whoever feeds the stream learns that nobody reads it.
  discarded_ = 0;
  // What the client sends from here on is of no interest; that it closes is.
  Discard();
  if (loop_->draining) Drain();
}

void Connection::After(std::chrono::milliseconds wait, std::function<void()> then) {
  if (closed_) return;
  if (!timer_) timer_.emplace(loop_->context);
  timer_->expires_after(wait);
  timer_->async_wait([then = std::move(then)](Error error) {
    if (!error) then();
  });
}

void Connection::Write(std::string bytes, std::function<void(bool)> done) {
  if (closed_ || !streaming_ || finishing_) {
    if (done) done(false);
    return;
  }
  if (bytes.empty()) {
    if (done) done(true);
    return;
  }
  completion_->bytes += bytes.size();
  if (chunked_) bytes = fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
  queue_.push_back({std::move(bytes), std::move(done)});
  PumpStream();
}

void Connection::Finish() {
  if (closed_ || finishing_) return;
  finishing_ = true;
  gone_ = nullptr;
  if (chunked_ && !head_only_) queue_.push_back({"0\r\n\r\n", nullptr});
  PumpStream();
}

void Connection::OnGone(std::function<void()> gone) {
  if (closed_ || finishing_) return gone();
  gone_ = std::move(gone);
}

void Connection::PumpStream() {
  if (pumping_) return;
  if (queue_.empty()) {
    deadline_ = Clock::time_point::max();
    if (finishing_) Close();
    return;
  }
  pumping_ = true;
  Expect(options().write_timeout);
  in_flight_.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  std::vector<asio::const_buffer> buffers;
  for (const Piece& piece : in_flight_) buffers.push_back(asio::buffer(piece.bytes));
  asio::async_write(socket_, buffers, [self = shared_from_this()](Error error, std::size_t) {
    self->OnPumped(error);
  });
}

void Connection::OnPumped(Error error) {
  pumping_ = false;
  const std::vector<Piece> written = std::exchange(in_flight_, {});
  for (const Piece& piece : written) {
    if (piece.done) piece.done(!error);
  }
  if (closed_) return;
  if (error) return Close();
  PumpStream();
}

// Tells whoever feeds a stream that nobody reads it any more.
void Connection::Depart() {
  const std::deque<Piece> unsent = std::exchange(queue_, {});
  for (const Piece& piece : unsent) {
    if (piece.done) piece.done(false);
  }
  if (auto gone = std::exchange(gone_, nullptr)) gone();
}

void Connection::Complete() {
  if (!completion_) return;
  completion_->duration = Clock::now() - began_;
  if (completion_->status == 0) completion_->status = 499;
  if (options().on_complete) options().on_complete(*completion_);
  completion_.reset();
}

}  // namespace vigil::gateway::http
