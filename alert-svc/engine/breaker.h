#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alert-svc/engine/core.h"

// The breaker: where more becomes due in a shard at one time than a day can bring, it is rather a
// fault (of a clock, a rule, an import) than a day, and the shard is held until a person looked.
// What is about custody passes. The hold itself is the shard's: see Claim of schedule.h.
namespace vigil::alert {

// How many messages may be due at one time in a shard: ten times what was forecast for the day of
// `now` while that was still tomorrow, or for the day before where that was more (what speaks on
// both days is planned for the second only once it has spoken on the first), and never less than
// `least`. Without a forecast (the service was not there the days before) that least alone.
// Negative: any number.
std::int64_t AllowedAt(const World& world, int shard, absl::Time now, std::int64_t least);

// The kinds that no hold stops, as ClaimRequest wants them.
std::string PassingKinds();

// Whether the time of day was set by more than a correction: ten minutes.
bool IsLeap(absl::Duration jump);

// What is due at once because the machine's time was set ahead by a leap is to be held; `jump`:
// see JumpWatch. Where it was set back nothing is due by it, and what was due before
// goes.
void WatchClock(Core& core, absl::Duration jump);

// Looks about each hour of the calendar, and not more often than each second of the wall, at how
// many messages come due tomorrow in each shard, and journals it where it is another number than
// was journaled. So the figure of a day (UTC) is that of the last hour before it: what was imported
// meanwhile counts, and so does what spoke today and will again. Once the day has come it stays.
// Two replicas that do so at one time harm nothing.
void ForecastTomorrow(Core& core);

// Lets go what is due now, or within the hour, in those of the shards that are held; empty: in all.
// `done` names them; UNAVAILABLE BACKEND_AWAY where one could not be reached.
Task<void> ReleaseShards(Core& core, std::vector<int> shards,
                         std::function<void(absl::StatusOr<std::vector<int>>)> done);

inline bool IsShardHeld(const Core& core, int shard) {
  return core.shards[shard].head.hold.why != BreakerHold::Why::kNone;
}

}  // namespace vigil::alert
