#include "common/metrics/http.h"

#include <CivetServer.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string_view>
#include <thread>

namespace vigil {
namespace {

void Answer(mg_connection* connection, std::string_view status, std::string_view type,
            std::string_view body) {
  const std::string answer = fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
      "X-Content-Type-Options: nosniff\r\n\r\n{}",
      status, type, body.size(), body);
  mg_write(connection, answer.data(), answer.size());
}

class MetricsHandler final : public CivetHandler {
 public:
  explicit MetricsHandler(std::function<std::string()> text) : text_(std::move(text)) {}
  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    Answer(connection, "200 OK", "text/plain; version=0.0.4; charset=utf-8", text_());
    return true;
  }

 private:
  const std::function<std::string()> text_;
};

class StatusHandler final : public CivetHandler {
 public:
  explicit StatusHandler(std::function<absl::Status()> status) : status_(std::move(status)) {}
  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    const absl::Status status = status_();
    if (status.ok()) {
      Answer(connection, "200 OK", "text/plain; charset=utf-8", "ok\n");
    } else {
      Answer(connection, "503 Service Unavailable", "text/plain; charset=utf-8",
             std::string(status.message()) + "\n");
    }
    return true;
  }

 private:
  const std::function<absl::Status()> status_;
};

// Connects to the port again and again until it is destroyed: civetweb looks whether it is to stop
// every two seconds, or when somebody connects.
class Waker {
 public:
  explicit Waker(int port)
      : thread_([port](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            Knock(port);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}

 private:
  static void Knock(int port) {
    const int peer = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (peer < 0) return;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Refused or on its way, either will do.
    static_cast<void>(connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
    close(peer);
  }

  std::jthread thread_;
};

class CivetHttp final : public MetricsHttp {
 public:
  CivetHttp(const std::vector<std::string>& options, std::function<std::string()> metrics,
            std::function<absl::Status()> health)
      : metrics_(std::move(metrics)), ready_(std::move(health)), server_(options) {
    server_.addHandler("/metrics$", metrics_);
    server_.addHandler("/healthz$", alive_);
    server_.addHandler("/readyz$", ready_);
  }
  ~CivetHttp() override {
    const Waker waker(Port());
    server_.close();
  }

  int Port() const override { return server_.getListeningPorts().at(0); }

 private:
  MetricsHandler metrics_;
  StatusHandler alive_{[] { return absl::OkStatus(); }};
  StatusHandler ready_;
  mutable CivetServer server_;  // last, so that it stops before the handlers go
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsHttp>> MetricsHttp::Start(
    const std::string& listen, std::function<std::string()> metrics,
    std::function<absl::Status()> health) {
  // civetweb wants a numeric address.
  const std::string address =
      listen.starts_with("localhost:") ? "127.0.0.1" + listen.substr(9) : listen;
  try {
    return std::make_unique<CivetHttp>(
        std::vector<std::string>{"listening_ports", address, "num_threads", "2",
                                 "request_timeout_ms", "5000", "enable_directory_listing", "no"},
        std::move(metrics), std::move(health));
  } catch (const std::exception&) {
    return absl::UnavailableError(fmt::format(
        "metrics_listen: cannot listen on {}; give `address:port` with a numeric address of this "
        "machine and a port that is free",
        listen));
  }
}

}  // namespace vigil
