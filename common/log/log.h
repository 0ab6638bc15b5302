#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"

namespace vigil {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError };

// A value of a log line: text, number or truth.
class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}  // NOLINT: written as {"key", value}
  LogValue(const char* text) : value_(std::string_view(text)) {}         // NOLINT
  LogValue(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT
  LogValue(bool truth) : value_(truth) {}                                // NOLINT
  template <std::integral T>
  LogValue(T number) : value_(static_cast<int64_t>(number)) {}  // NOLINT
  LogValue(double number) : value_(number) {}                   // NOLINT

 private:
  friend std::string LogLine(LogLevel, std::string_view, std::string_view, std::string_view,
                             std::initializer_list<struct LogField>);
  std::variant<std::string_view, bool, int64_t, double> value_;
};

struct LogField {
  std::string_view key;
  LogValue value;
};

// Writes one line of JSON to stderr: ts (RFC 3339, UTC), level, service, msg, then the fields in
// the order given; `trace_id` is the key of a trace. Everything is escaped, and bytes that are no
// UTF-8 become U+FFFD. Never a person's name. Thread-safe; one line is one write. Below the level
// it costs a comparison.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// Whether a line of this level would be written.
bool LogsAt(LogLevel level);

// Name of the service and least level, for the whole process; before: `vigil` and info.
void InitLog(std::string_view service, LogLevel least);

// `trace`, `debug`, `info` (also empty), `warning` or `error`; else INVALID_ARGUMENT.
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name);

// Where lines go instead of stderr; an empty function is stderr again. For tests.
void SetLogSink(std::function<void(std::string_view line)> sink);

// The line that Log writes, without its end. `ts` is taken as it is.
std::string LogLine(LogLevel level, std::string_view ts, std::string_view service,
                    std::string_view message, std::initializer_list<LogField> fields);

}  // namespace vigil
