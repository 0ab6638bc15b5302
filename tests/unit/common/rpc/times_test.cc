#include "common/rpc/times.h"

#include <gtest/gtest.h>

#include "common/rpc/errors.h"

namespace vigil::rpc {
namespace {

google::protobuf::Timestamp At(std::int64_t seconds, int nanos) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

TEST(CheckTime, WhatJsonCanSay_Passes) {
  for (const auto& time : {At(0, 0), At(-62'135'596'800, 0), At(253'402'300'799, 999'999'999)}) {
    EXPECT_TRUE(CheckTime(time, "until").ok()) << time.ShortDebugString();
  }
}

TEST(CheckTime, WhatItCannot_IsRefusedByField) {
  for (const auto& time : {At(0, -1), At(0, 1'000'000'000), At(-62'135'596'801, 0),
                           At(253'402'300'800, 0), At(INT64_MIN, 0), At(INT64_MAX, 0)}) {
    const absl::Status refused = CheckTime(time, "until");
    EXPECT_EQ(ReasonOf(refused), "BAD_TIME") << time.ShortDebugString();
    EXPECT_EQ(MetadataOf(refused)["field"], "until");
  }
}

}  // namespace
}  // namespace vigil::rpc
