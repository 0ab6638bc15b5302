#include "common/metrics/metrics.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/testing/status_matchers.h"

namespace vigil {
namespace {

using ::absl::StatusCode;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The whole answer to a request without a body.
std::string Ask(int port, const std::string& method, const std::string& path) {
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: x\r\n\r\n", method, path);
    EXPECT_EQ(write(peer, request.data(), request.size()), static_cast<ssize_t>(request.size()));
    char buffer[4096];
    for (ssize_t got; (got = read(peer, buffer, sizeof(buffer))) > 0;) answer.append(buffer, got);
  }
  close(peer);
  return answer;
}

std::string HttpGet(int port, const std::string& path) { return Ask(port, "GET", path); }

TEST(Metrics, Text_HasWhatWasCounted) {
  Metrics metrics;
  metrics.Counter("vigil_things_total", "Things.", {{"kind", "a"}}).Increment(3);
  metrics.Histogram("vigil_wait_seconds", "Waiting.").Observe(0.002);
  EXPECT_THAT(metrics.Text(), HasSubstr("vigil_things_total{kind=\"a\"} 3\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("vigil_wait_seconds_bucket{le=\"0.0025\"} 1\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("process_open_fds"));
}

TEST(Metrics, SameNameTwice_IsTheSameMetric) {
  Metrics metrics;
  EXPECT_EQ(&metrics.Counter("vigil_x_total", "X."), &metrics.Counter("vigil_x_total", "X."));
}

TEST(Metrics, OnScrape_RunsBeforeTheText) {
  Metrics metrics;
  auto& gauge = metrics.Gauge("vigil_depth", "Depth.");
  metrics.OnScrape([&gauge] { gauge.Set(7); });
  EXPECT_THAT(metrics.Text(), HasSubstr("vigil_depth 7\n"));
}

TEST(Metrics, HttpPort_ServesMetricsAndWhetherItIsAliveAndReady) {
  Metrics metrics;
  ASSERT_THAT(metrics.Serve("127.0.0.1:0"), IsOk());
  ASSERT_NE(metrics.Port(), 0);
  EXPECT_THAT(HttpGet(metrics.Port(), "/metrics"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(HttpGet(metrics.Port(), "/readyz"), StartsWith("HTTP/1.1 503"));
  metrics.SetHealth([] { return absl::OkStatus(); });
  EXPECT_THAT(HttpGet(metrics.Port(), "/readyz"), StartsWith("HTTP/1.1 200 OK"));
  metrics.SetHealth([] { return absl::UnavailableError("redis is away"); });
  EXPECT_THAT(HttpGet(metrics.Port(), "/readyz"), HasSubstr("redis is away"));
  // Nobody is helped by a restart while another service is away.
  EXPECT_THAT(HttpGet(metrics.Port(), "/healthz"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(HttpGet(metrics.Port(), "/etc/passwd"), StartsWith("HTTP/1.1 404"));
}

TEST(Metrics, HeadOfEachPath_IsAsForGetWithoutTheBody) {
  Metrics metrics;
  ASSERT_THAT(metrics.Serve("127.0.0.1:0"), IsOk());
  for (const std::string path : {"/metrics", "/healthz", "/readyz"}) {
    const std::string head = Ask(metrics.Port(), "HEAD", path);
    EXPECT_THAT(head, StartsWith(path == "/readyz" ? "HTTP/1.1 503" : "HTTP/1.1 200 OK")) << path;
    EXPECT_THAT(head, HasSubstr("Content-Length: ")) << path;
    EXPECT_THAT(head, EndsWith("\r\n\r\n")) << path;
  }
}

TEST(Metrics, AddressInUse_IsRefusedAndNamed) {
  Metrics first, second;
  ASSERT_THAT(first.Serve("127.0.0.1:0"), IsOk());
  const auto taken = fmt::format("127.0.0.1:{}", first.Port());
  EXPECT_THAT(second.Serve(taken), StatusIs(StatusCode::kUnavailable, HasSubstr(taken)));
  EXPECT_THAT(second.Serve("nonsense"), StatusIs(StatusCode::kUnavailable));
}

TEST(Metrics, EmptyAddress_ServesNothing) {
  Metrics metrics;
  EXPECT_THAT(metrics.Serve(""), IsOk());
  EXPECT_EQ(metrics.Port(), 0);
}

}  // namespace
}  // namespace vigil
