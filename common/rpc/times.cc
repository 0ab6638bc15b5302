#include "common/rpc/times.h"

#include <fmt/format.h>

#include <cstdint>

#include "common/rpc/errors.h"

namespace vigil::rpc {
namespace {

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31
constexpr std::int32_t kMostNanos = 999'999'999;

}  // namespace

absl::Status CheckTime(const google::protobuf::Timestamp& time, std::string_view field) {
  const bool in_years = time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond;
  if (in_years && time.nanos() >= 0 && time.nanos() <= kMostNanos) return absl::OkStatus();
  return InvalidArgument(
      "BAD_TIME", field,
      fmt::format("{}: write nanos from 0 to 999999999, and a year from 0001 to 9999", field));
}

}  // namespace vigil::rpc
