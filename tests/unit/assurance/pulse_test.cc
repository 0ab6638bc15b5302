#include "alert-svc/engine/pulse.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace vigil::alert {
namespace {

EngineStatus Well() {
  EngineStatus status;
  status.following = true;
  status.redis_up = true;
  status.live_shards = kShardCount;
  return status;
}

TEST(Pulse, WhileAllWorksItBeats) { EXPECT_TRUE(CheckPulse(Well()).ok()); }

TEST(Pulse, WhateverStopsAlertingStopsIt) {
  const std::pair<const char*, std::function<void(EngineStatus&)>> kFaults[] = {
      {"registry", [](EngineStatus& s) { s.following = false; }},
      {"journal", [](EngineStatus& s) { s.feed_silence = absl::Seconds(31); }},
      {"Redis", [](EngineStatus& s) { s.redis_up = false; }},
      {"Redis", [](EngineStatus& s) { s.round_age = absl::Seconds(31); }},
      {"shards", [](EngineStatus& s) { s.live_shards = kShardCount - 1; }},
      {"planned", [](EngineStatus& s) { s.lag = absl::Seconds(61); }},
      {"breaker", [](EngineStatus& s) { s.held_shards = 1; }},
      {"due", [](EngineStatus& s) { s.overdue = absl::Seconds(61); }},
      {"receipts", [](EngineStatus& s) { s.unjournaled = absl::Seconds(121); }},
      {"gets through", [](EngineStatus& s) { s.fruitless = absl::Minutes(30); }},
  };
  for (const auto& [word, fault] : kFaults) {
    EngineStatus status = Well();
    fault(status);
    const absl::Status pulse = CheckPulse(status);
    EXPECT_FALSE(pulse.ok()) << word;
    EXPECT_NE(std::string(pulse.message()).find(word), std::string::npos) << pulse.message();
  }
}

}  // namespace
}  // namespace vigil::alert
