#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "alert-svc/engine/core.h"
#include "alert-svc/engine/follower.h"
#include "alert-svc/engine/resend_range.h"

namespace vigil::alert {

// What an engine can say about itself at one moment.
struct EngineStatus {
  bool following = false;  // the world is loaded and the feed is there
  bool redis_up = false;
  int live_shards = 0;
  int attaching_shards = 0;
  int lost_shards = 0;       // lost or being rebuilt
  int held_shards = 0;       // by the breaker
  int troubled = 0;          // receivers that cannot be reached
  std::int64_t pending = 0;  // members in Redis, due or to come, over all shards
  std::int64_t leased = 0;
  std::int64_t revision = 0;
  std::int64_t lag_revisions = 0;  // of the slowest live shard behind the world
  absl::Duration lag;              // wall: so long a revision is followed that it did not reach
  absl::Duration round_age;        // wall, since all heads were read
  absl::Duration overdue;       // wall: so long something is due somewhere, and no claim answered
  absl::Duration unjournaled;   // wall: so long receipts wait, and none reaches the journal
  absl::Duration feed_silence;  // wall, since the feed last spoke; it does each second
  absl::Duration fruitless;     // wall: so long nothing got through by one of the ways
};

// One replica of the alert engine: follow → plan → apply → claim → send → complete → forward, over
// the schedule's 64 shards. Everything runs on the executor's thread, and so do all calls here.
// Destroying it stops it where it stands, as a crash would: no promise is broken by that.
class Engine {
 public:
  // All that is passed outlives the engine.
  Engine(Executor& executor, Schedule& schedule, RegistryFeed& feed, Sender& sender,
         EngineObserver& observer, const civil::WorkingDays& days, EngineOptions options);

  // Starts; once.
  void Start();

  // No more claims; `done` once nothing is on its way any more.
  void Drain(std::function<void()> done);

  // Journals what a person did about an alert, and lets the shard follow: OK is answered after both
  // or, where Redis is away, after a while; the journal alone is what counts. UNAVAILABLE where the
  // registry is away, or took it down and its journal does not tell it in time (it may be restored
  // just now): what is done again counts once. FAILED_PRECONDITION RECEIVER_MISSING where an alert
  // would be handed over to nobody: nothing happened then.
  void Act(registry::v1::Receipt receipt, std::function<void(absl::Status)> done);

  // A message that its server had accepted came back: see RecordBounce.
  void Bounced(std::string id, std::string status, std::function<void(absl::Status)> done);

  // Sends a dead letter once more: see Resend.
  void Resend(std::string id, std::function<void(absl::StatusOr<Outcome>)> done);
  // And those of a receiver that were given up in a range of time: see ResendRange.
  void ResendRange(LetterRange range, std::function<void(RangeResent)> done);
  // Lets go what the breaker holds: see ReleaseShards.
  void Release(std::vector<int> shards, std::function<void(absl::StatusOr<std::vector<int>>)> done);
  // Sends a receiver a test: see SendTest.
  void SendTest(std::string receiver, std::function<void(absl::StatusOr<Outcome>)> done);

  // What a plan comes to is another now, though the journal says nothing of it: the time-zone data
  // changed. Plans all that is to come anew, under a new version.
  void PlanAnew(std::string plan_version);

  // `done` once the engine plans by a revision of the journal, or has waited in vain for a while.
  void WhenFollowed(std::int64_t revision, std::function<void()> done);

  EngineStatus Status() const;
  const Core& core() const { return core_; }
  // Cases whose alerts may look otherwise than when this was last asked.
  std::set<std::string> TakeChanged() { return core_.planner.TakeChanged(); }

 private:
  Task<void> Run();
  Task<absl::Duration> Round();
  // One moment by both kinds of time.
  struct Moment {
    absl::Time now;       // calendar
    absl::Duration mono;  // monotonic
  };
  void MeetServer(const std::string& run_id);
  void Look(int shard, const std::shared_ptr<const Head>& read);
  bool IsQuiet(int shard, const std::shared_ptr<const Head>& read, const Moment& at) const;
  void StartWork(int shard, const Moment& at);
  bool IsDue(int shard, const Moment& at);
  void StartRecovery(int shard, const Moment& at);
  Task<void> ActOn(registry::v1::Receipt receipt, std::function<void(absl::Status)> done);
  Task<void> AwaitDrain(std::function<void()> done);
  Task<void> AwaitFollowed(std::int64_t revision, std::function<void()> done);
  Task<void> TrimShard(int shard);

  Core core_;
  Follower follower_;
  std::string server_run_id_;  // of the last round
};

}  // namespace vigil::alert
