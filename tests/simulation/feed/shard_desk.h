// Readers of shards, each held to its contract: what a stream tells is the fold of the journal at
// the revision that it names, whatever is written meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "registry-svc/rpc/parts.h"
#include "registry-svc/rpc/snapshot_shelf.h"
#include "tests/simulation/feed/core.h"
#include "tests/simulation/feed/truth.h"

namespace vigil::registry {

// One stream of a shard, and what it told so far.
class ShardReader {
 public:
  ShardReader(const Truth& truth, std::shared_ptr<const Snapshot> snapshot, int shard,
              int shard_count);

  // Takes the next part; with `lost` it does not arrive. What was broken, or nothing.
  std::string Go(bool lost);
  bool ended() const { return ended_; }
  int64_t revision() const { return revision_; }

 private:
  std::string Hear(const v1::StreamShardResponse& part);
  std::string Judge() const;

  const Truth& truth_;
  const int64_t revision_;
  const int shard_, shard_count_;
  ShardParts parts_;
  Truth::State told_;
  bool ended_ = false;
};

// What serves the streams of one process, and its readers.
class ShardDesk {
 public:
  struct Counts {
    // Streams that ended; those of a revision that was no longer the present one; parts told;
    // refused REVISION_GONE.
    int64_t read = 0, old = 0, parts = 0, gone = 0;
  };
  // `draw(n)` is below n. `lossy`: now and then a part is lost, to see that it is noticed.
  ShardDesk(Core& core, const Truth& truth, const Clock& clock, bool lossy,
            std::function<uint64_t(uint64_t)> draw, Counts& counts);

  // These return what was broken, or nothing.
  // Begins a stream, of a case's shard or another: of the present revision, or of an earlier
  // answer.
  std::string Start(const std::vector<std::string>& cases);
  // Lets some reader take up to `parts`.
  std::string Go(int parts);
  // Every stream comes to its end.
  std::string Finish();

 private:
  struct Answered {
    int64_t revision = 0;
    absl::Duration at;
  };

  bool MustBeHeld(int64_t revision) const;
  std::string Go(ShardReader& reader, int parts);

  Core& core_;
  const Truth& truth_;
  const Clock& clock_;
  const bool lossy_;
  const std::function<uint64_t(uint64_t)> draw_;
  Counts& counts_;
  SnapshotShelf shelf_;
  // Revisions that streams were answered with, each when it was first.
  std::vector<Answered> answered_;
  std::vector<std::unique_ptr<ShardReader>> readers_;
};

}  // namespace vigil::registry
