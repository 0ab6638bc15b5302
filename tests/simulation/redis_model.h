#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
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

  // What keeps a server from doing what it is asked.
  enum class Mood {
    kWell,
    kReadOnly,  // a master that changes nothing, and says so
    kReplica,   // changes nothing either, and its heads are not believed
    kFull,      // has no memory for more: takes what ends something, and nothing new
    kBusy,      // a script runs: answers nothing
  };

  // Faults.
  void Wipe();              // FLUSHALL: as new
  void Restart(bool keep);  // another run id; with or without its data
  void SaveForRollback();
  // Back to what was saved, as after the loss of the last writes. That is another process, with
  // another run id; where nobody touched a lease since, it may also be the same one, and the
  // sequence alone tells.
  void RollBack();
  // An entry of a stream, as somebody else may have written it.
  void Append(int shard, const std::string& receipts);
  void set_mood(Mood mood) { mood_ = mood; }
  // While it is true nobody is told what the streams hold.
  void set_streams_away(bool away) { streams_away_ = away; }

  // Told of each Complete that wrote receipts, before it answers.
  std::function<void(const std::string& receipts)> on_receipts;
  // Told of each member claimed.
  std::function<void(const Member&)> on_claim;
  // Told of each revision that a shard comes to, and of its mark.
  std::function<void(int shard, std::int64_t revision, const std::string& mark)> on_applied;
  // Told of each op that is carried out, where it is set.
  std::function<void(const Op&)> on_set;
  // Told of each shard that opens, and for how long nobody could claim from it; for ever, where
  // nobody ever could.
  std::function<void(int shard, absl::Duration closed)> on_open;
  // Whether the journal has these receipts, at or before a revision that has this mark, as far as
  // the replica that says so can know.
  std::function<bool(int replica, const std::string& receipts, std::int64_t revision,
                     const std::string& mark)>
      is_journaled;
  // Told of each shard that the breaker holds from now on, and of each that it lets go.
  std::function<void(int shard)> on_hold, on_release;
  // Broken on purpose, to see that the oracle notices.
  struct Bugs {
    bool no_fence = false;   // Complete, Renew and Seal of anybody
    bool no_done = false;    // what is done may be set again
    bool no_epoch = false;   // calls that name another epoch
    bool lose_sets = false;  // sets of members get lost, three in ten
    bool hold_all = false;   // the breaker lets no kind pass
  } bugs;

  // `leases_may_end`: those that ran out are due to whoever comes.
  HeadsResult Heads(bool leases_may_end = true);
  ShardResult Apply(const ApplyRequest& request);
  ClaimResult Claim(const ClaimRequest& request, bool leases_may_end = true);
  ShardResult Release(int shard, const Seen& seen, absl::Time due_until);
  RenewResult Renew(const RenewRequest& request);
  SealResult Seal(const SealRequest& request);
  ShardResult Complete(const CompleteRequest& request) {
    return Complete(std::span(&request, 1)).front();
  }
  // Those of a shard and an epoch that go together: as if each were a call of its own, in this
  // order, with one seq and one entry of the stream for all.
  std::vector<ShardResult> Complete(std::span<const CompleteRequest> requests);
  ForwardResult Forward(int shard, const std::string& after, int limit) const;
  ShardResult Forget(int shard, const Seen& seen, std::int64_t up_to_seq, std::int64_t revision,
                     int replica = 0);
  // The stream stays: a simulation is shorter than its entries live.
  ShardResult Trim(int shard, const Seen& seen);
  ListResult List(int shard) const;
  ShardResult RebuildBegin(const BeginRequest& request);
  ShardResult RebuildWrite(int shard, const std::string& epoch, const std::vector<Op>& ops);
  ShardResult RebuildOpen(const OpenRequest& request);

  const std::string& run_id() const { return run_id_; }
  std::int64_t applied(int shard) const { return shards_[shard].head.applied; }
  const std::string& chain_hash(int shard) const { return shards_[shard].head.chain_hash; }
  // How often somebody wanted to forget what this epoch has not done yet, or what the journal that
  // the shard follows does not have.
  int bad_forgets() const { return bad_forgets_; }

 private:
  struct Lease {
    Member member;
    absl::Time due;
    absl::Time ends;  // wall
    std::int64_t fence = 0;
  };
  struct Shard {
    Head head;
    std::shared_ptr<const Head> told;  // as Heads says it; null where it has to be made anew
    absl::Duration build_lease;
    absl::Time build_ends;  // wall
    absl::Time closed;      // wall: when it was first to be rebuilt, since it was live
    std::int64_t fence = 0;
    std::int64_t forgotten = 0;  // up to this seq
    absl::Time released = absl::UnixEpoch();
    std::map<std::string, std::pair<Member, absl::Time>> due;  // by identity
    std::set<std::pair<absl::Time, std::string>> order;        // the same, by time
    std::map<std::string, Lease> leases;
    std::map<std::string, std::int64_t> done;  // seq by identity
    std::map<std::string, std::vector<Member>> sealed;
    std::deque<StreamEntry> stream;
  };

  // What completes that go together come to.
  struct Ending {
    std::int64_t seq;
    bool has_entry = false;  // of the stream
  };

  // Whoever knows it may claim.
  bool IsOpen(const Shard& shard) const {
    return shard.head.state == ShardState::kLive && shard.head.run_id == run_id_;
  }
  void Close();
  // A shard that is about to be changed.
  Shard& Change(int index);
  // What a call meets before its own condition; `grows`: it needs memory.
  ScheduleStatus Check(const Shard& shard, const Seen& seen, bool grows) const;
  ScheduleStatus CheckRebuild(const Shard& shard, const std::string& epoch) const;
  ScheduleStatus Refusal(bool grows) const;
  bool IsOff(absl::Time wall) const;
  bool IsForgettable(const Shard& shard, std::int64_t up_to_seq, int replica) const;
  void Set(Shard& shard, const Op& op) const;
  bool IsHeld(Shard& shard, const ClaimRequest& request) const;
  static bool HaveOneReader(const std::string& one, const std::string& other);
  static std::set<std::string> HeldByOthers(const Shard& shard, const std::string& digest);
  static void Unset(Shard& shard, const std::string& identity);
  Head HeadOf(const Shard& shard) const;
  bool HasEndedLease(const Shard& shard) const;
  static std::int64_t Calls(const std::vector<Op>& ops);
  bool End(Shard& shard, const CompleteRequest& request, Ending* together);

  Queue& queue_;
  Mood mood_ = Mood::kWell;
  bool streams_away_ = false;
  int bad_forgets_ = 0;
  int run_ = 1;
  std::string run_id_ = "1";
  std::int64_t lease_calls_ = 0;  // that gave, kept or ended leases
  std::int64_t saved_lease_calls_ = 0;
  std::int64_t last_stream_ = 0;
  std::array<Shard, kShardCount> shards_;
  std::array<Shard, kShardCount> saved_;
  // When a shard was last open (wall).
  std::vector<absl::Time> closed_ =
      std::vector<absl::Time>(static_cast<std::size_t>(kShardCount), absl::InfinitePast());
};

}  // namespace vigil::alert::sim
