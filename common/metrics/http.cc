#include "common/metrics/http.h"

#include <CivetServer.h>
#include <fmt/format.h>

#include <string_view>

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

class HealthHandler final : public CivetHandler {
 public:
  explicit HealthHandler(std::function<absl::Status()> health) : health_(std::move(health)) {}
  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    const absl::Status status = health_();
    if (status.ok()) {
      Answer(connection, "200 OK", "text/plain; charset=utf-8", "ok\n");
    } else {
      Answer(connection, "503 Service Unavailable", "text/plain; charset=utf-8",
             std::string(status.message()) + "\n");
    }
    return true;
  }

 private:
  const std::function<absl::Status()> health_;
};

class CivetHttp final : public MetricsHttp {
 public:
  CivetHttp(const std::vector<std::string>& options, std::function<std::string()> metrics,
            std::function<absl::Status()> health)
      : metrics_(std::move(metrics)), health_(std::move(health)), server_(options) {
    server_.addHandler("/metrics$", metrics_);
    server_.addHandler("/healthz$", health_);
  }
  int Port() const override { return server_.getListeningPorts().at(0); }

 private:
  MetricsHandler metrics_;
  HealthHandler health_;
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
