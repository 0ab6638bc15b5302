#pragma once

#include <string_view>

namespace vigil {

// Shards the schedule has unless told otherwise.
inline constexpr int kShardCount = 64;

// The shard, [0, shard_count), of a case or dossier (`cases/x`). A pure function of the text that
// never changes: schedules and journals on disk rest on it. `shard_count` is at least 1.
int ShardOf(std::string_view parent, int shard_count = kShardCount);

}  // namespace vigil
