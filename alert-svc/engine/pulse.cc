#include "alert-svc/engine/pulse.h"

namespace vigil::alert {
namespace {

// Wall. The feed speaks and the heads are read about each second; a send may take half a minute.
constexpr absl::Duration kSilence = absl::Seconds(30);
constexpr absl::Duration kOverdue = absl::Minutes(1);
constexpr absl::Duration kLag = absl::Minutes(1);
constexpr absl::Duration kUnjournaled = absl::Minutes(2);
// A mail that failed is tried again after so long.
constexpr absl::Duration kFruitless = absl::Minutes(30);

absl::Status Silent(const char* why) { return absl::FailedPreconditionError(why); }

}  // namespace

absl::Status CheckPulse(const EngineStatus& status) {
  if (!status.following) return Silent("the registry is away, or was not read yet");
  if (status.feed_silence > kSilence) return Silent("the journal is silent");
  if (!status.redis_up || status.round_age > kSilence) return Silent("Redis does not answer");
  if (status.live_shards < kShardCount) return Silent("shards are not live");
  if (status.lag > kLag) return Silent("what is planned does not reach the shards");
  if (status.held_shards > 0) return Silent("the breaker holds shards");
  if (status.overdue > kOverdue) return Silent("what is due is not claimed");
  if (status.unjournaled > kUnjournaled) return Silent("receipts do not reach the journal");
  if (status.fruitless >= kFruitless) return Silent("by one of the ways nothing gets through");
  return absl::OkStatus();
}

}  // namespace vigil::alert
