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

struct Answer {
  std::string_view status, type;
  std::string body;
};

Answer MetricsAnswer(std::string text) {
  return {"200 OK", "text/plain; version=0.0.4; charset=utf-8", std::move(text)};
}

Answer StatusAnswer(const absl::Status& status) {
  constexpr std::string_view kText = "text/plain; charset=utf-8";
  if (status.ok()) return {"200 OK", kText, "ok\n"};
  return {"503 Service Unavailable", kText, std::string(status.message()) + "\n"};
}

class Handler final : public CivetHandler {
 public:
  explicit Handler(std::function<Answer()> answer) : answer_(std::move(answer)) {}
  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    const Answer answer = answer_();
    Write(connection, HeadOf(answer) + answer.body);
    return true;
  }
  bool handleHead(CivetServer* /*server*/, mg_connection* connection) override {
    Write(connection, HeadOf(answer_()));
    return true;
  }

 private:
  static std::string HeadOf(const Answer& answer) {
    return fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n",
        answer.status, answer.type, answer.body.size());
  }
  static void Write(mg_connection* connection, const std::string& bytes) {
    mg_write(connection, bytes.data(), bytes.size());
  }

  const std::function<Answer()> answer_;
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
      : metrics_([text = std::move(metrics)] { return MetricsAnswer(text()); }),
        ready_([status = std::move(health)] { return StatusAnswer(status()); }),
        server_(options) {
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
  Handler metrics_;
  Handler alive_{[] { return StatusAnswer(absl::OkStatus()); }};
  Handler ready_;
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
