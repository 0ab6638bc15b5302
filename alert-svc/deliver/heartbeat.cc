#include "alert-svc/deliver/heartbeat.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "alert-svc/deliver/http_ways.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

Heartbeat::Heartbeat(HeartbeatOptions options, Executor& executor,
                     std::function<absl::Status()> alive, std::function<void(Beat)> report)
    : options_(std::move(options)),
      executor_(executor),
      alive_(std::move(alive)),
      report_(std::move(report)),
      wire_(1) {
  scope_.Spawn(Run());
}

Task<void> Heartbeat::Run() {
  const absl::Duration look = std::min(kLook, options_.period);
  absl::Duration next = executor_.clock().Monotonic();
  bool silent = false;
  for (;;) {
    auto nap = Sleep(executor_, look);
    co_await nap;
    if (executor_.clock().Monotonic() < next) continue;
    const absl::Status alive = alive_();
    if (!alive.ok()) {
      if (!silent) {
        Log(LogLevel::kWarning, "no heartbeat", {{"why", std::string(alive.message())}});
        report_(Beat::kSilent);
      }
      silent = true;
      continue;  // the next look may be better
    }
    silent = false;
    next = executor_.clock().Monotonic() + options_.period;
    auto post = Post();
    const Beat beat = co_await post;
    report_(beat);
  }
}

Task<Beat> Heartbeat::Post() {
  absl::StatusOr<std::string> url = ReadFirstLine(options_.url_file);
  if (!url.ok()) {
    Log(LogLevel::kError, "the heartbeat's URL cannot be read", {{"file", options_.url_file}});
    co_return Beat::kFailed;
  }
  HttpRequest request;
  request.url = *std::move(url);
  request.headers = {"Content-Type: text/plain"};
  request.body = "alive\n";
  request.timeout = kTimeout;
  request.allow_private_addresses = options_.allow_private_addresses;
  Async<HttpReply> answered;
  wire_.Call(std::move(request), [executor = &executor_, done = answered.Done()](HttpReply reply) {
    executor->Post([done, reply = std::move(reply)] { done(reply); });
  });
  const HttpReply reply = co_await answered;
  if (reply.status >= 200 && reply.status < 300) co_return Beat::kHeard;
  Log(LogLevel::kWarning, "the heartbeat was not taken",
      {{"status", reply.status}, {"error", reply.error}});
  co_return Beat::kFailed;
}

}  // namespace vigil::alert
