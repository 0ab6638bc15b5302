#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string_view>

#include "absl/status/status.h"

namespace vigil::rpc {

// Whether a time that a caller sent is one that JSON can say: nanos from 0 to 999,999,999, in a
// year from 0001 to 9999. gRPC carries any other as well; kept, it would keep each answer that
// holds it from being printed. INVALID_ARGUMENT BAD_TIME names `field`.
absl::Status CheckTime(const google::protobuf::Timestamp& time, std::string_view field);

}  // namespace vigil::rpc
