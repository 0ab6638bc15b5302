#include "gateway/http/server.h"

#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "fmt/format.h"
#include "gateway/http/connection.h"
#include "gateway/http/limits.h"

namespace vigil::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds kSweepEvery{1};
constexpr std::chrono::milliseconds kAcceptPause{20};

absl::StatusOr<tcp::endpoint> ParseListen(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  char* end = nullptr;
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const unsigned long number = std::strtoul(port.c_str(), &end, 10);
  if (error || port.empty() || *end != '\0' || number > 65535) {
    return absl::InvalidArgumentError(
        fmt::format("http_listen: '{}' is not ADDRESS:PORT, for example 127.0.0.1:8080", listen));
  }
  return tcp::endpoint(address, static_cast<unsigned short>(number));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerOptions options, Handler handler)
      : shared_(std::make_shared<Shared>()), max_(ConnectionsThatFit(options.max_connections)) {
    shared_->options = std::move(options);
    shared_->handler = std::move(handler);
    const int threads = std::max(1, shared_->options.threads);
    for (int i = 0; i < threads; ++i) loops_.push_back(std::make_shared<Loop>());
    acceptor_.emplace(loops_[0]->context);
    pause_.emplace(loops_[0]->context);
  }

  ~Impl() { Shutdown(std::chrono::milliseconds(0)); }

  absl::Status Listen() {
    const absl::StatusOr<tcp::endpoint> endpoint = ParseListen(shared_->options.listen);
    if (!endpoint.ok()) return endpoint.status();
    boost::system::error_code error;
    acceptor_->open(endpoint->protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(*endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor_->non_blocking(true, error);
    if (error) {
      return absl::UnavailableError(fmt::format("http_listen: cannot listen on {}: {}",
                                                shared_->options.listen, error.message()));
    }
    port_ = acceptor_->local_endpoint().port();
    return absl::OkStatus();
  }

  void Run() {
    Accept();
    for (const auto& loop : loops_) {
      SweepLater(loop);
      threads_.emplace_back([loop] { loop->context.run(); });
    }
  }

  int port() const { return port_; }
  int max() const { return max_; }

  void Shutdown(std::chrono::milliseconds patience) {
    if (threads_.empty()) return;
    asio::post(loops_[0]->context, [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
      pause_->cancel();
    });
    for (const auto& loop : loops_) asio::post(loop->context, [loop] { Drain(*loop); });
    AwaitNoConnections(patience);
    for (const auto& loop : loops_) {
      asio::post(loop->context, [loop] {
        const std::vector<Connection*> left(loop->connections.begin(), loop->connections.end());
        for (Connection* connection : left) connection->shared_from_this()->Close();
        loop->sweep.cancel();
        loop->work.reset();
      });
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  static void Drain(Loop& loop) {
    loop.draining = true;
    const std::vector<Connection*> all(loop.connections.begin(), loop.connections.end());
    for (Connection* connection : all) connection->shared_from_this()->Drain();
    loop.sweep.cancel();
  }

  // The sweeps notify.
  void AwaitNoConnections(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    none_left_.wait_for(lock, patience, [this] { return shared_->connections == 0; });
  }

  void SweepLater(const std::shared_ptr<Loop>& loop) {
    const bool draining = loop->draining;
    loop->sweep.expires_after(draining ? std::chrono::milliseconds(10)
                                       : std::chrono::milliseconds(kSweepEvery));
    loop->sweep.async_wait([this, loop](boost::system::error_code) {
      if (!loop->work.owns_work()) return;
      const auto now = Connection::Clock::now();
      const std::vector<Connection*> all(loop->connections.begin(), loop->connections.end());
      for (Connection* connection : all) connection->shared_from_this()->Sweep(now);
      if (loop->draining && shared_->connections == 0) {
        const std::lock_guard lock(mutex_);
        none_left_.notify_all();
      }
      SweepLater(loop);
    });
  }

  void Accept() {
    const std::shared_ptr<Loop> loop = loops_[next_++ % loops_.size()];
    acceptor_->async_accept(loop->context,
                            [this, loop](boost::system::error_code error, tcp::socket socket) {
                              OnAccepted(error, std::move(socket), loop);
                            });
  }

  void OnAccepted(boost::system::error_code error, tcp::socket socket,
                  const std::shared_ptr<Loop>& loop) {
    if (!acceptor_->is_open() || error == asio::error::operation_aborted) return;
    if (!error) {
      if (shared_->connections >= max_) {
        TurnAway(socket);
      } else {
        Adopt(std::move(socket), loop);
      }
      return Accept();
    }
    const bool exhausted =
        error == asio::error::no_descriptors || error.value() == ENFILE || error.value() == ENOMEM;
    if (exhausted && spare_.RefuseOne(acceptor_->native_handle())) return Accept();
    if (!exhausted) return Accept();  // The client went away before it was accepted.
    pause_->expires_after(kAcceptPause);
    pause_->async_wait([this](boost::system::error_code) {
      if (acceptor_->is_open()) Accept();
    });
  }

  void Adopt(tcp::socket socket, const std::shared_ptr<Loop>& loop) {
    const int open = ++shared_->connections;
    if (shared_->options.on_connections) shared_->options.on_connections(open);
    auto connection = std::make_shared<Connection>(std::move(socket), loop, shared_);
    asio::post(loop->context, [connection = std::move(connection), loop] { connection->Start(); });
  }

  // Says why, as far as the socket's buffer takes it without waiting.
  void TurnAway(tcp::socket& socket) {
    const Response response =
        shared_->options.error_response(503, "too many connections; try again later");
    std::string text =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, ReasonPhrase(response.status));
    for (const auto& [name, value] : response.headers.fields()) {
      text += fmt::format("{}: {}\r\n", name, value);
    }
    text += fmt::format("Content-Length: {}\r\nConnection: close\r\n\r\n{}", response.body.size(),
                        response.body);
    (void)send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  const std::shared_ptr<Shared> shared_;
  const int max_;
  int port_ = 0;
  std::vector<std::shared_ptr<Loop>> loops_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> pause_;
  SpareDescriptor spare_;
  std::size_t next_ = 0;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable none_left_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options,
                                                              Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  if (absl::Status status = impl->Listen(); !status.ok()) return status;
  impl->Run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;
int HttpServer::Port() const { return impl_->port(); }
int HttpServer::MaxConnections() const { return impl_->max(); }
void HttpServer::Shutdown(std::chrono::milliseconds patience) { impl_->Shutdown(patience); }

}  // namespace vigil::gateway::http
