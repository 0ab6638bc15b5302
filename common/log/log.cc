#include "common/log/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cmath>

#include "absl/base/const_init.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/log/json_escape.h"

namespace vigil {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warning", "error"};

struct Settings {
  absl::Mutex mutex;
  std::string service = "vigil";
  std::function<void(std::string_view)> sink;
};

// Leaked on purpose: threads may log until the very end.
Settings& TheSettings() {
  static auto* settings = new Settings;
  return *settings;
}

std::atomic<LogLevel> least{LogLevel::kInfo};

// One write a line, so that lines of several threads and processes do not mix.
void WriteLine(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string LogLine(LogLevel level, std::string_view ts, std::string_view service,
                    std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = fmt::format(R"({{"ts":"{}","level":"{}","service":)", ts,
                                 kLevels[static_cast<size_t>(level)]);
  AppendJsonString(service, line);
  line += R"(,"msg":)";
  AppendJsonString(message, line);
  const auto append = [&line](const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<T, std::string_view>) {
      AppendJsonString(value, line);
    } else if constexpr (std::is_same_v<T, double>) {
      line += std::isfinite(value) ? fmt::format("{}", value) : "null";
    } else {
      line += fmt::format("{}", value);
    }
  };
  for (const LogField& field : fields) {
    line += ',';
    AppendJsonString(field.key, line);
    line += ':';
    std::visit(append, field.value.value_);
  }
  line += '}';
  return line;
}

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!LogsAt(level)) return;
  const std::string ts = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  Settings& settings = TheSettings();
  absl::ReleasableMutexLock lock(&settings.mutex);
  std::string line = LogLine(level, ts, settings.service, message, fields);
  if (settings.sink) return settings.sink(line);
  lock.Release();
  WriteLine(std::move(line));
}

bool LogsAt(LogLevel level) { return level >= least.load(std::memory_order_relaxed); }

void InitLog(std::string_view service, LogLevel level) {
  Settings& settings = TheSettings();
  absl::MutexLock lock(&settings.mutex);
  settings.service = std::string(service);
  least = level;
}

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name) {
  if (name.empty()) return LogLevel::kInfo;
  for (size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  }
  return absl::InvalidArgumentError(
      fmt::format("log_level '{}' is unknown; write trace, debug, info, warning or error", name));
}

void SetLogSink(std::function<void(std::string_view)> sink) {
  Settings& settings = TheSettings();
  absl::MutexLock lock(&settings.mutex);
  settings.sink = std::move(sink);
}

}  // namespace vigil
