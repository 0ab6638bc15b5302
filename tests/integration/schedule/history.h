#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/integration/schedule/redis_and_model.h"

namespace vigil::alert {

// What came to pass in histories, on both sides alike.
struct Tally {
  std::array<int, 6> outcomes{};  // by ScheduleStatus
  std::array<int, 5> moods{};     // calls, by mood
  int kept = 0;                   // restarts with all data
  int emptied = 0;                // and without any
  int rolled_back = 0;            // as another process
  int set_back = 0;               // as the same one
  int trims = 0;
  int long_applies = 0;  // in several calls
  int long_writes = 0;
  int together = 0;        // completes that went with others that were accepted
  int stale_together = 0;  // and one that was not
  int named_twice = 0;     // where the ops of two name one identity
  int ended_leases = 0;    // that heads told of
};

// Calls and faults drawn at random, on a real Redis and on its model.
class History {
 public:
  History(uint64_t seed, Tally& tally) : random_(seed), tally_(tally), both_(seed) {}

  void Step();
  // Fails the test where they do not hold the same.
  void Compare();

 private:
  struct Held {
    Member member;
    int64_t real_fence = 0;
    int64_t model_fence = 0;
  };
  struct Shard {
    int index;
    std::string epoch = {};  // of what is being rebuilt
    Seen seen = {};
    int64_t applied = 0;
    std::vector<Held> held = {};
    bool lost = true;
    bool may_have_ended = false;  // a lease
    std::size_t trimmed = 0;      // entries of the model's stream that the real one has no more
    std::size_t saved_trimmed = 0;
  };
  // The same request of both, but for its fence.
  struct Ending {
    CompleteRequest real;
    CompleteRequest model;
  };

  int Draw(int most) { return static_cast<int>(random_() % static_cast<uint64_t>(most + 1)); }
  bool OneIn(int count) { return Draw(count - 1) == 0; }
  // What was seen of the shard; now and then of another epoch, nothing, or more than there is.
  Seen AnySeen();
  absl::Time AnyWall();
  absl::Time AnyDue();
  Member AnyMember();
  std::vector<Op> AnyOps(int most);
  // More than go in one call.
  std::vector<Op> ManyOps();
  Held AnyHeld();
  void Drop(const Member& member);
  Ending AnyEnding();

  void Fault();
  void Restart(bool keep);
  void Wipe();
  void ForgetStreams();
  void Save();
  void RollBack();
  void Begin();
  void Write();
  void Open();
  void Rebuild();
  void Apply() { ApplyOps(AnyOps(8)); }
  void ApplyMany();
  void ApplyOps(std::vector<Op> ops);
  void Claim();
  void Release();
  void Complete();
  void CompleteTogether();
  void CountTogether(std::span<const CompleteRequest> requests,
                     const std::vector<ShardResult>& results);
  void Forget();
  void Seal();
  void Renew();
  void Trim();
  // As a replica does that comes new.
  void Look();
  void Learn(const ShardResult& real, const ShardResult& model);

  void CompareLists(Shard& shard);
  void CompareStreams(const Shard& shard);
  void CompareHeads();

  std::mt19937_64 random_;
  Tally& tally_;
  RedisAndModel both_;
  int epochs_ = 0;
  std::optional<int> steps_to_roll_back_;  // where something is saved
  std::array<Shard, std::size(RedisAndModel::kShards)> shards_ = {Shard{RedisAndModel::kShards[0]},
                                                                  Shard{RedisAndModel::kShards[1]}};
  Shard* shard_ = shards_.data();  // whose turn it is
};

}  // namespace vigil::alert
