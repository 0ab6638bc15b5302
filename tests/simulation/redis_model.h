#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "alert-svc/engine/schedule.h"
#include "tests/simulation/queue.h"

namespace vigil::alert::sim {

// What the functions of vigil.lua do, in memory: one server with 64 shards. Every method is one
// call of one function, and atomic. Says nothing of the way there and back: see SimSchedule.
class RedisModel {
 public:
  explicit RedisModel(Queue& queue) : queue_(queue) {}

  // Faults.
  void Wipe();              // FLUSHALL: as new
  void Restart(bool keep);  // another run id; with or without its data
  void SaveForRollback() { saved_ = shards_; }
  void RollBack() { shards_ = saved_; }  // same run id, older data

  // Told of each Complete that wrote receipts, before it answers.
  std::function<void(const std::string& receipts)> on_receipts;
  // Told of each member claimed.
  std::function<void(const Member&)> on_claim;
  // Broken on purpose, to see that the oracle notices.
  struct Bugs {
    bool no_fence = false;   // Complete, Renew and Seal of anybody
    bool no_done = false;    // what is done may be set again
    bool lose_sets = false;  // sets of members get lost, three in ten
  } bugs;

  HeadsResult Heads() const;
  ShardResult Apply(const ApplyRequest& request);
  ClaimResult Claim(const ClaimRequest& request);
  ShardResult Release(int shard, const Seen& seen, absl::Time due_until);
  RenewResult Renew(const RenewRequest& request);
  SealResult Seal(const SealRequest& request);
  ShardResult Complete(const CompleteRequest& request);
  ForwardResult Forward(int shard, const std::string& after, int limit) const;
  ShardResult Forget(int shard, const Seen& seen, std::int64_t up_to_seq, std::int64_t revision);
  ListResult List(int shard) const;
  ShardResult RebuildBegin(const BeginRequest& request);
  ShardResult RebuildWrite(int shard, const std::string& epoch, const std::vector<Op>& ops);
  ShardResult RebuildOpen(const OpenRequest& request);

  std::int64_t applied(int shard) const { return shards_[shard].head.applied; }

 private:
  struct Lease {
    Member member;
    absl::Time due;
    absl::Time ends;  // wall
    std::int64_t fence = 0;
  };
  struct Shard {
    Head head;
    absl::Time build_ends;  // wall
    std::int64_t fence = 0;
    absl::Time released = absl::UnixEpoch();
    std::map<std::string, std::pair<Member, absl::Time>> due;  // by identity
    std::map<std::string, Lease> leases;
    std::map<std::string, std::int64_t> done;  // seq by identity
    std::map<std::string, std::vector<Member>> sealed;
    std::deque<StreamEntry> stream;
  };

  ScheduleStatus Check(const Shard& shard, const Seen& seen) const;
  void Set(Shard& shard, const Op& op) const;
  static bool IsHeld(Shard& shard, const ClaimRequest& request);
  Head HeadOf(const Shard& shard) const;

  Queue& queue_;
  int run_ = 1;
  std::int64_t last_stream_ = 0;
  std::array<Shard, kShardCount> shards_;
  std::array<Shard, kShardCount> saved_;
};

}  // namespace vigil::alert::sim
