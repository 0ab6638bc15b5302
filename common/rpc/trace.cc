#include "common/rpc/trace.h"

#include <fmt/format.h>

#include "absl/random/random.h"

namespace vigil::rpc {
namespace {

constexpr size_t kTraceLength = 32;

uint64_t Random() {
  thread_local absl::InsecureBitGen generator;  // an id, not a secret
  return absl::Uniform<uint64_t>(absl::IntervalClosed, generator, 1, ~uint64_t{0});
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string TraceIdOf(std::string_view traceparent) {
  // version "-" trace id "-" parent id "-" flags; later versions may add to it.
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return "";
  }
  if (traceparent.starts_with("ff") || !IsHex(traceparent.substr(0, 2))) return "";
  if (!IsHex(traceparent.substr(36, 16)) || !IsHex(traceparent.substr(53, 2))) return "";
  const std::string_view id = traceparent.substr(3, kTraceLength);
  if (!IsHex(id) || id.find_first_not_of('0') == std::string_view::npos) return "";
  return std::string(id);
}

std::string NewTraceId() { return fmt::format("{:016x}{:016x}", Random(), Random()); }

std::string TraceparentOf(std::string_view trace_id) {
  return fmt::format("00-{}-{:016x}-01", trace_id, Random());
}

}  // namespace vigil::rpc
