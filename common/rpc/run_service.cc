#include "common/rpc/run_service.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdio>

#include "absl/synchronization/mutex.h"
#include "common/log/log.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/reconnect_watch.h"
#include "vigil/config/v1/config.pb.h"

namespace vigil::rpc {
namespace {

constexpr int kFailed = 1;
constexpr int kBadConfig = 2;

// The level that `common.log_level` of any service's config asks for.
absl::StatusOr<LogLevel> LevelOf(const google::protobuf::Message& config) {
  const auto* common = config.GetDescriptor()->FindFieldByName("common");
  if (common == nullptr || common->message_type() != config::v1::Common::descriptor()) {
    return LogLevel::kInfo;
  }
  const auto& message = config.GetReflection()->GetMessage(config, common);
  return ParseLogLevel(static_cast<const config::v1::Common&>(message).log_level());
}

// An idle connection costs a descriptor and little else: as many as the machine's owner allows.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    Log(LogLevel::kWarning, "the limit of open files stays as it is", {{"errno", errno}});
  }
}

int Fail(std::string_view name, int code, const absl::Status& status) {
  const std::string message(status.message());
  fmt::print(stderr, "{}: {}\n", name, message);
  return code;
}

}  // namespace

int RunService(std::string_view name, int argc, char** argv, google::protobuf::Message& config,
               const std::function<absl::Status(Lifecycle&)>& start) {
  // Debian builds abseil with the detection on; under gRPC it costs a tenth of every call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  InitLog(name, LogLevel::kInfo);
  RouteGrpcLog();
  if (auto loaded = LoadConfig(argc, argv, &config); !loaded.ok()) {
    return Fail(name, kBadConfig, loaded);
  }
  const auto level = LevelOf(config);
  if (!level.ok()) return Fail(name, kBadConfig, level.status());
  InitLog(name, *level);
  for (const std::string& variable : UnknownVariables(VariableNames(), config.GetDescriptor())) {
    Log(LogLevel::kWarning, "variable that no service knows", {{"variable", variable}});
  }
  RaiseFileLimit();

  const ReconnectWatch reconnect_watch;
  Lifecycle lifecycle;
  if (auto started = start(lifecycle); !started.ok()) {
    Log(LogLevel::kError, "cannot start", {{"why", std::string(started.message())}});
    lifecycle.Stop();
    return Fail(name, kFailed, started);
  }
  Log(LogLevel::kInfo, "started");
  lifecycle.Wait();
  lifecycle.Stop();
  Log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace vigil::rpc
