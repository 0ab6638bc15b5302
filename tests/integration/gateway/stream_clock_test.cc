// A live stream while the machine's time of day is set.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "common/metrics/metrics.h"
#include "fmt/format.h"
#include "gateway/http/server.h"
#include "gateway/live/live_stream.h"
#include "gtest/gtest.h"
#include "tests/integration/gateway/http_client.h"

namespace vigil::gateway {
namespace {

constexpr char kClockFile[] = "SET_CLOCK_FILE";
constexpr char kPath[] = "/vigil.alert.v1.AlertService/WatchAlerts";
constexpr int kBeats = 3;

// The clock's file that this program was started with, as its own library reads it.
void SetClock(std::chrono::nanoseconds ahead) {
  static const int file = std::atoi(std::getenv(kClockFile) + std::string("/proc/self/fd/").size());
  const std::int64_t offset = ahead.count();
  ASSERT_EQ(pwrite(file, &offset, sizeof(offset), 0), static_cast<ssize_t>(sizeof(offset)));
}

// A backend that takes the call and has nothing to say.
class Silent final : public upstream::Caller, public upstream::ServerStream {
 public:
  ~Silent() override {
    if (ender_.joinable()) ender_.join();
  }
  void Unary(const std::string&, grpc::ByteBuffer, const upstream::CallOptions&,
             upstream::UnaryDone) override {}
  std::shared_ptr<upstream::ServerStream> Open(const std::string&, grpc::ByteBuffer,
                                               const upstream::CallOptions&,
                                               upstream::StreamEvents events) override {
    const std::lock_guard lock(mutex_);
    events_ = std::move(events);
    return {this, [](auto*) {}};
  }
  void Read() override {}
  void Cancel() override {
    const std::lock_guard lock(mutex_);
    if (!events_.on_done) return;
    ender_ = std::thread(std::exchange(events_.on_done, nullptr), grpc::Status::CANCELLED);
  }

 private:
  std::mutex mutex_;
  upstream::StreamEvents events_;  // under mutex_
  std::thread ender_;              // under mutex_; on_done comes on another one
};

const transcode::Route& WatchRoute(const transcode::RouteTable& table) {
  for (const transcode::Route& route : table.routes()) {
    if (route.rpc_path == kPath) return route;
  }
  std::abort();
}

TEST(LiveStreamClock, BeatsOnWhileTheTimeOfDayIsSetBack) {
  const auto table = transcode::RouteTable::Build(transcode::VigilServices());
  ASSERT_TRUE(table.ok());
  Metrics metrics;
  rpc::RpcMetrics rpc_metrics(metrics);
  Silent backend;
  http::ServerOptions options;
  options.error_response = [](int status, std::string) { return http::Response{status, {}, {}}; };
  const auto serve = [&](const auto&, std::shared_ptr<http::Responder> responder) {
    live::ServeStream(
        backend, WatchRoute(*table), live::ServerSentEvents(), "", {},
        ServedCall(rpc_metrics, kPath),
        {.heartbeat = std::chrono::milliseconds(200), .open_within = std::chrono::milliseconds(1)},
        std::move(responder), [](http::Response*) {});
  };
  auto server = http::HttpServer::Start(std::move(options), serve);
  ASSERT_TRUE(server.ok());
  testing::HttpClient client((*server)->Port());
  ASSERT_TRUE(client.Send("GET", "/v1/alerts:watch"));
  const std::string beat = live::ServerSentEvents().Heartbeat();
  ASSERT_TRUE(client.ReadUntil(beat));
  SetClock(std::chrono::hours(0));
  for (int i = 0; i < kBeats; ++i) EXPECT_TRUE(client.ReadUntil(beat)) << i;
  (*server)->Shutdown(std::chrono::seconds(5));
}

}  // namespace
}  // namespace vigil::gateway

// Runs itself again with a clock that can be set, a day ahead.
int main(int argc, char** argv) {
  if (std::getenv(vigil::gateway::kClockFile) == nullptr) {
    const int file = memfd_create("clock", 0);
    const std::int64_t day = std::chrono::nanoseconds(std::chrono::hours(24)).count();
    if (pwrite(file, &day, sizeof(day), 0) != sizeof(day)) return 1;
    setenv(vigil::gateway::kClockFile, fmt::format("/proc/self/fd/{}", file).c_str(), 1);
    setenv("LD_PRELOAD", VIGIL_SET_CLOCK, 1);
    execv("/proc/self/exe", argv);
    return 1;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
