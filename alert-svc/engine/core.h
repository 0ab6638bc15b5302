#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alert-svc/engine/executor.h"
#include "alert-svc/engine/jump_watch.h"
#include "alert-svc/engine/planner.h"
#include "alert-svc/engine/registry_feed.h"
#include "alert-svc/engine/schedule.h"
#include "alert-svc/engine/sender.h"
#include "alert-svc/engine/task.h"
#include "alert-svc/engine/way_watch.h"
#include "alert-svc/engine/world.h"

namespace vigil::alert {

struct EngineOptions {
  int send_concurrency = 16;                      // messages sent at one time
  absl::Duration lease = absl::Seconds(5);        // wall
  absl::Duration poll = absl::Milliseconds(500);  // of the heads, wall, at most
  absl::Duration idle_apply = absl::Seconds(1);   // idle heads move on so often (wall)
  absl::Duration audit = absl::Seconds(30);       // each shard is repaired so often (wall)
  // Each shard of the fold is compared with the registry so often (wall); infinite: never.
  absl::Duration fold_audit = absl::Hours(24);
  absl::Duration trim_after = absl::Hours(24 * 7);  // age of stream entries (wall)
  absl::Duration act_wait = absl::Seconds(2);       // a person waits so long for the shard (wall)
  std::size_t max_unjournaled = 20'000;             // receipts at home here alone; then no claims
  // So many messages due at one time in a shard never trip the breaker; negative: it never trips.
  std::int64_t breaker_least = -1;
  // A rebuilt shard opens one lease after it was lost. Off only for a simulation that is to find
  // the harm in it.
  bool hold = true;
  std::string plan_version = "0/";              // see plan_version.h
  const civil::Calendars* calendars = nullptr;  // see PlanContext; they outlive the engine
  std::function<std::string()> draw_epoch;      // 16 random hex digits
};

// Members of a shard that an audit found other than they are to be, and put right.
struct AuditFound {
  std::size_t missing = 0;
  std::size_t wrong = 0;  // due at another time, or said otherwise
  std::size_t extra = 0;
};

// What the engine tells the metrics. On the engine's thread.
class EngineObserver {
 public:
  enum class Delivered { kSent, kRetry, kDead, kAmbiguous };

  virtual ~EngineObserver() = default;
  // A message starts on its way, so late after its time.
  virtual void Fired(absl::Duration) {}
  virtual void Attempted(const v1::Receiver&, Delivered) {}
  // A shard was found lost, and is going to be rebuilt.
  virtual void ShardLost() {}
  // Redis records nothing: its memory is full, or its clock is another than ours.
  virtual void Refused() {}
  // A shard was compared with the plan, and put right where it differed.
  virtual void Audited(const AuditFound&) {}
  // A shard of the fold was compared with the registry. `wrong`: cases and digests that were found
  // to differ twice in a row.
  virtual void FoldAudited(std::size_t /*wrong*/) {}
  // An entry of a shard's stream that nobody can read; its receipts are lost.
  virtual void ReceiptsUnreadable() {}
  // The alerts of these cases may look different now.
  virtual void AlertsChanged() {}
};

// Where a replica stands with a shard.
enum class ShardPhase {
  kUnknown,     // not looked at yet, or another replica's rebuild was seen: to be attached
  kAttaching,   // being compared with the plan
  kLive,        // claims may start
  kLost,        // not to be trusted; to be rebuilt
  kRebuilding,  // by us, or by another replica
};

// Up to `seq` of the present epoch all receipts are in the journal, at `revision`.
struct Forwarded {
  std::int64_t seq = 0;
  std::int64_t revision = 0;
  absl::Duration told;  // monotonic: when the registry said so
};

struct ShardRuntime {
  ShardPhase phase = ShardPhase::kUnknown;
  Seen seen;
  int epochs = 0;  // how often `seen` came to name another epoch
  // Of `seen` and `epochs`, when the heads were asked for last.
  std::int64_t asked_seq = 0;
  int asked_epochs = 0;
  int intact_epochs = -1;  // `epochs` when the head was last found to be that of a live shard
  Head head;               // as read last
  std::shared_ptr<const Head> read;  // the same as it came, while nothing was changed in it
  std::int64_t applied = 0;          // highest known
  bool busy = false;                 // attaching or rebuilding
  bool applying = false;
  bool claiming = false;  // a claim is on its way
  bool forwarding = false;
  bool gathering = false;  // forwarding is to start in a moment
  int in_flight = 0;       // members under our leases
  // Moments of the monotonic clock.
  absl::Duration next_idle_apply;
  absl::Duration next_audit;
  absl::Duration next_forward;
  absl::Duration next_lease_look;  // for leases of others that ran out
  absl::Duration next_trim;
  absl::Duration refused_until;             // Redis could not record
  absl::Duration next_held_look;            // for what the breaker lets through
  std::optional<absl::Duration> due_since;  // something is, and no claim was answered since
  // A revision that was followed then, and is not applied yet.
  std::optional<std::pair<std::int64_t, absl::Duration>> behind;
  bool clock_jumped = false;  // what is due is so because the machine's time jumped
  bool stream_grew = false;
  std::string foreign;    // an epoch of another journal, or one that lost a revision
  std::string forwarded;  // last stream id journaled
  std::deque<Forwarded> to_forget;

  void Learn(std::int64_t seq) {
    if (seq > seen.seq) seen.seq = seq;
  }
  void Meet(std::string epoch, std::int64_t seq) {
    seen = {std::move(epoch), seq};
    ++epochs;
  }
  // Whether SeeLag would note nothing new about a live shard.
  bool KnowsLag(std::int64_t revision) const {
    if (!behind) return applied >= revision;
    return applied < behind->first && behind->first <= revision;
  }
  // Notes since when the shard is behind what is followed, up to `revision` now.
  void SeeLag(std::int64_t revision, absl::Duration mono) {
    const bool over = behind && (behind->first <= applied || behind->first > revision);
    if (phase != ShardPhase::kLive || over) behind.reset();
    if (phase == ShardPhase::kLive && !behind && applied < revision) behind = {revision, mono};
  }
};

// A message on its way: for which member and, where it is a digest, what it holds.
struct Sending {
  int shard = 0;
  std::string identity;
  std::set<std::string> holds = {};  // identities
};

// A receipt, and the shard whose stream is, or was to be, its home.
struct Homeless {
  int shard = 0;
  registry::v1::Receipt receipt;
};

// Of the journal's word of what silences hold back, see mute.h.
struct Muting {
  std::string replica;   // drawn: gives this replica an order of the shards
  bool telling = false;  // a request is on its way
  absl::Duration rest;   // monotonic: no request before
  // Monotonic, by shard: since when something is held back that the journal does not say.
  std::array<std::optional<absl::Duration>, kShardCount> since;
};

// What the stages share. One of a replica, on its executor.
struct Core {
  Core(Executor& executor, Schedule& schedule, RegistryFeed& feed, Sender& sender,
       EngineObserver& observer, const civil::WorkingDays& days, EngineOptions options)
      : executor(executor),
        schedule(schedule),
        feed(feed),
        sender(sender),
        observer(observer),
        options(std::move(options)),
        planner(world, days),
        wake(executor) {
    planner.set_calendars(this->options.calendars);
  }

  absl::Time Now() const { return executor.clock().Now(); }
  // The machine's time of day: for what Redis compares with its own.
  absl::Time Wall() const { return executor.clock().Wall(); }
  // For spans of wall time, whatever is done to the machine's clock.
  absl::Duration Mono() const { return executor.clock().Monotonic(); }

  Executor& executor;
  Schedule& schedule;
  RegistryFeed& feed;
  Sender& sender;
  EngineObserver& observer;
  EngineOptions options;
  World world;
  Planner planner;
  std::array<ShardRuntime, kShardCount> shards;
  Signal wake;  // something may be worth a round of the heads
  // What was due at the last round may be claimed, and nothing that came due since: the round also
  // asks whether the clock jumped.
  absl::Time due_until = absl::InfinitePast();         // calendar
  absl::Duration claimed = -absl::InfiniteDuration();  // monotonic: when a claim started last
  std::map<std::string, Sending> sending;              // messages on their way, by id
  int in_flight = 0;                                   // members under our leases
  int findings_readers = 0;       // of them, digests of findings that read them
  std::deque<Homeless> homeless;  // on their way to the registry
  // Receipts of this replica, the last of them, journaled or not: a registry that is restored from
  // before them gets them back, whatever became of the streams.
  std::deque<Homeless> made;
  // Monotonic: when the journal was last read anew, as one that was restored is; all tell it again
  // what they made.
  absl::Duration restored = -absl::InfiniteDuration();
  bool recording_homeless = false;
  Muting muting;
  std::map<v1::Receiver::WayCase, WayWatch> ways;
  // Who waits for the journal's present revision, besides those of the call that is on its way.
  std::vector<std::function<void(absl::StatusOr<std::int64_t>)>> revision_askers;
  bool asking_revision = false;
  bool draining = false;
  bool redis_up = false;
  absl::Duration redis_heard;  // monotonic: when it answered last
  bool registry_up = false;
  bool planning = false;         // PlanRest runs
  absl::Duration registry_seen;  // monotonic: when the feed last said something
  absl::Duration known_until;    // monotonic: what was recorded later is not known yet
  absl::Time known_at;           // the same moment, in calendar time
  absl::Duration rounded;        // monotonic: when all heads were read last
  absl::Duration journaled;      // monotonic: when no receipt waited, or some were journaled
  absl::Duration refused_last = -absl::InfiniteDuration();  // monotonic
  bool opened_recorded = false;
  std::string newer_plan;  // found last in a shard, and told
  JumpWatch jump_watch;
  absl::Time next_forecast = absl::InfinitePast();  // calendar
  absl::Duration forecast_rest;                     // monotonic: none before
  TaskScope scope;                                  // last: its coroutines use all the rest
};

// Whether others plan a shard, by newer code, time-zone data or calendars. Then we neither plan nor
// sweep it, and what we claim there and do not send goes back as it was.
bool IsOutplanned(const Core& core, const Head& head);

// Takes an answer of a mutating call to heart: seq, and a shard found lost. True for kOk.
bool Absorb(Core& core, int shard, ScheduleStatus status, std::int64_t seq);

// Whether a shard follows the journal that we do: the registry may have been restored, and one of
// us has not heard of it yet. What either plans is nothing to the other; an audit is to find out.
bool IsOurs(Core& core, int shard);

// Waits until the world has reached a revision, at most so long (wall). False where it has not.
Task<bool> AwaitRevision(Core& core, std::int64_t revision, absl::Duration wall);

// Plans what changed; where that is much, the rest of it bit by bit, and other work goes on.
void Replan(Core& core);

// Plans everything anew, and has the shards compared with it, where the machine's time was set by
// more than Redis takes: what was planned by another time may hold what is past for due, or the
// other way round.
void PlanAfterSetting(Core& core, absl::Duration jump);

// Waits until everything that changed is planned.
Task<void> AwaitPlanned(Core& core);

// Keeps a receipt that this replica made.
void Keep(Core& core, const registry::v1::Receipt& receipt, int shard);

// Sends what a shard's lost stream held, and the journal does not have yet, from memory straight to
// the registry. It counts a receipt once, however often it is told.
void SaveOwn(Core& core, int shard);

// Holds a shard to be lost from now on; `why` for the log.
void Lose(Core& core, int shard, std::string_view why);

}  // namespace vigil::alert
