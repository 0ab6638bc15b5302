#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "alert-svc/engine/member.h"

namespace vigil::alert {

inline constexpr int kShardCount = 64;
inline constexpr int kMaxItemsPerCall = 1000;
// By so much a caller's clock may differ from that of Redis; else it is refused (wall).
inline constexpr absl::Duration kMostSkew = absl::Seconds(2);

// How a call of the schedule ended. Only kOk changed anything for certain, and only kUnavailable
// leaves it open whether something changed.
enum class ScheduleStatus {
  kOk,
  kLost,         // the shard has no head, or no function, or the head's run id is another server's
  kRolledBack,   // its (epoch, seq) is below what the caller has seen
  kStale,        // the caller is behind: fence, epoch or revision are no longer its own
  kRefused,      // nothing could be recorded (memory), or wall clocks differ by more than 2 s
  kUnavailable,  // no connection, or it broke: the call may or may not have run
};

// The highest epoch and seq of a shard that the caller has seen; each mutating call names them and
// is answered kRolledBack by a shard that knows less of that epoch, kLost by one of another epoch.
// Who has seen none may only begin a rebuild: to any other call the shard is lost.
struct Seen {
  std::string epoch;
  std::int64_t seq = 0;
};

enum class ShardState { kMissing, kRebuilding, kLive };

// The breaker's hold on a shard: Claim hands out nothing but what is about custody, until Release.
// It goes with the head: a shard that is rebuilt is counted anew.
struct BreakerHold {
  enum class Why { kNone, kTooMany, kClockJumped };
  Why why = Why::kNone;
  absl::Time since;          // calendar
  std::int64_t due = 0;      // how many were due then
  std::int64_t allowed = 0;  // and how many were allowed to be
};

// The head of a shard.
struct Head {
  ShardState state = ShardState::kMissing;
  std::string epoch;                   // random, drawn by the rebuild that opened it
  std::int64_t seq = 0;                // one more with each mutating call
  std::int64_t applied = 0;            // the journal's revision applied last
  std::string chain_hash;              // names that revision: see RevisionMark
  std::string plan_version;            // of the code and data that planned it
  std::string run_id;                  // of the Redis server it was opened under
  std::optional<absl::Time> next_due;  // calendar time; also the moment a lease runs out, see Claim
  std::int64_t pending = 0;            // members due or to come
  std::int64_t leased = 0;             // members claimed and not completed
  BreakerHold hold;
};

struct HeadsResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  // kShardCount of them. One that is the same object as in an earlier answer says the same.
  std::vector<std::shared_ptr<const Head>> heads;
  std::string server_run_id;  // of the server that answered; a head of another one is LOST
};

// One change of the due set, as its end result: with `due` the member is there, due then; without,
// it is gone. Setting a member whose identity is done or under lease changes nothing; deleting one
// under lease changes nothing either (its sender asks whether it is still owed). Setting a member
// removes one of the same identity that is said with another kind or precision.
struct Op {
  Member member;
  std::optional<absl::Time> due;  // calendar time
};

struct ApplyRequest {
  int shard = 0;
  Seen seen;
  std::int64_t from = 0;  // accepted where from ≤ applied < to, and also where from = to = applied
  std::int64_t to = 0;    // (a repair); where applied is ≥ to otherwise: kStale, nothing happens
  std::string chain_hash;
  std::string plan_version;
  std::vector<Op>
      ops;  // any number: more than a call holds go in several, the last moves `applied`
};

// Answer of a mutating call that has nothing else to say. `applied` is filled for kOk and kStale.
struct ShardResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  std::int64_t seq = 0;
  std::int64_t applied = 0;
  // Of RebuildBegin: for so long (wall) the shard was being rebuilt, and nobody could claim; zero
  // where it was not.
  absl::Duration closed = {};
};

struct ClaimRequest {
  int shard = 0;
  Seen seen;
  int limit = kMaxItemsPerCall;
  absl::Time due_until;  // calendar: members due at or before it
  absl::Time wall;       // of the caller; kRefused where Redis' TIME differs by more than 2 s
  absl::Duration lease;  // wall
  // Where more are due, of those not let go by a Release, the shard is held; negative: never.
  std::int64_t allowed = -1;
  bool clock_jumped = false;  // the shard is held, however few are due
  std::string passing = {};   // kinds that no hold stops, each as a member has it: one byte
};

struct Claimed {
  Member member;
  absl::Time due;           // calendar
  bool taken_over = false;  // its last holder's lease ran out: that one may have sent it
};

struct ClaimResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  std::int64_t seq = 0;
  std::int64_t applied = 0;  // whoever sends has followed the journal at least this far
  std::int64_t fence = 0;    // of all members of this answer
  std::vector<Claimed> claimed;
};

struct RenewRequest {
  int shard = 0;
  Seen seen;
  std::int64_t fence = 0;
  std::vector<Member> members;
  absl::Time wall;
  absl::Duration lease;
};

struct RenewResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  std::int64_t seq = 0;
  std::vector<Member> lost;  // no longer under this fence
};

struct SealRequest {
  int shard = 0;
  Seen seen;
  std::int64_t fence = 0;
  Member digest;  // claimed under the fence
  // What it is to hold. The member of the week's findings may be among them, which fixes nothing
  // alone, unless it is the digest.
  std::vector<Member> items;
};

struct SealResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  std::int64_t seq = 0;
  std::vector<Member> items;  // what it holds, from the first Seal on; those already done left out
};

struct CompleteRequest {
  int shard = 0;
  Seen seen;
  std::int64_t fence = 0;
  Member member;             // claimed under the fence
  std::string receipts;      // a serialized ReceiptsRecorded for the shard's stream; empty: none
  std::vector<Member> done;  // identities never to be set again until Forget
  std::optional<Op> next;    // what becomes due next; may be `member` itself, to try again
  std::vector<Op> also;      // further ops of the same step
};

// An entry of a shard's stream of receipts.
struct StreamEntry {
  std::string id;     // Redis' stream id, growing
  std::string epoch;  // the shard's epoch and seq at the Complete that wrote it
  std::int64_t seq = 0;
  std::string receipts;  // a serialized ReceiptsRecorded
};

struct ForwardResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  std::string epoch;  // of the head; empty where there is none (a stream may survive its head)
  std::vector<StreamEntry> entries;
};

// A member that is in a shard.
struct ListedMember {
  Member member;
  absl::Time due;
  bool leased = false;
};

struct ListResult {
  ScheduleStatus status = ScheduleStatus::kUnavailable;
  Head head;  // read before the members
  std::vector<ListedMember> members;
};

struct BeginRequest {
  int shard = 0;
  Seen lost;  // what the caller had seen of the shard that it holds to be lost; may be empty
  bool foreign =
      false;          // the epoch of `lost` follows another journal: it is lost, live as it may be
  std::string epoch;  // newly drawn; every write of the rebuild names it
  absl::Time wall;
  absl::Duration build_lease;  // another rebuilder is refused for so long; each write renews it
};

struct OpenRequest {
  int shard = 0;
  std::string epoch;
  std::int64_t applied = 0;
  std::string chain_hash;
  std::string plan_version;
};

// The schedule: 64 shards of pending reminders in Redis, behind asynchronous calls. An index,
// never the truth.
//
// `done` is called exactly once for each call, on the engine's thread (implementations post it to
// the Executor), also when the connection breaks. Apply and Complete, which carry ops, run in the
// order they are called in, shard by shard; else calls of one shard that are in flight together may
// run in any order. Calls start on the engine's thread and never block. Batching of calls to
// one server is the implementation's business.
//
// Each call checks the head first (kLost, kRolledBack), then its own condition (kStale, kRefused),
// and changes nothing unless it answers kOk. Each mutating call adds one to seq and returns it.
// On a new connection the server's run id is compared with the head's: another one is kLost.
class Schedule {
 public:
  template <class Result>
  using Done = std::function<void(Result)>;

  virtual ~Schedule() = default;

  // Reads all heads in one round trip.
  virtual void Heads(Done<HeadsResult> done) = 0;

  // Brings a shard from one revision to a later one.
  virtual void Apply(ApplyRequest request, Done<ShardResult> done) = 0;

  // Takes what is due: first the members whose lease ran out (wall), then those of the due set in
  // the order of their time, at most `limit`. The members get a lease and one new fence. kRefused
  // where Redis could not record a Complete (out of memory). Holds the shard where the request says
  // so; of a held one it takes, of the due set, only what passes.
  virtual void Claim(ClaimRequest request, Done<ClaimResult> done) = 0;

  // Ends the hold of a shard: what is due at or before `due_until` counts no more.
  virtual void Release(int shard, Seen seen, absl::Time due_until, Done<ShardResult> done) = 0;

  // Puts off the end of leases.
  virtual void Renew(RenewRequest request, Done<RenewResult> done) = 0;

  // Fixes what a digest holds, once: later calls return what the first one fixed. A call without
  // items fixes nothing. kStale where the
  // fence is not the lease's. The set is dropped by the Complete that has the digest in `done`.
  virtual void Seal(SealRequest request, Done<SealResult> done) = 0;

  // Ends a claim, in one step: the receipt to the stream, the identities into `done`, the lease
  // gone, the next member set. kStale where the fence is not the lease's: nothing happens, and the
  // caller keeps its receipt.
  virtual void Complete(CompleteRequest request, Done<ShardResult> done) = 0;

  // Reads the stream after an id (empty: from its start), at most `limit` entries. Answers from
  // what is left of a stream also where the head is gone.
  virtual void Forward(int shard, std::string after, int limit, Done<ForwardResult> done) = 0;

  // Forgets identities that were done at or before `up_to_seq`, whose receipts the journal holds at
  // `revision`: kStale unless applied ≥ revision.
  virtual void Forget(int shard, Seen seen, std::int64_t up_to_seq, std::int64_t revision,
                      Done<ShardResult> done) = 0;

  // Drops stream entries older than `before` (wall).
  virtual void Trim(int shard, Seen seen, absl::Time before, Done<ShardResult> done) = 0;

  // Reads a whole shard, in as many round trips as it takes: members that come or go meanwhile may
  // or may not be among them.
  virtual void List(int shard, Done<ListResult> done) = 0;

  // Starts to rebuild a lost shard: due, lease, done and sealed sets are emptied, the stream stays,
  // the state is kRebuilding under the new epoch and only RebuildWrite and RebuildOpen of it are
  // accepted. kStale where the shard is not lost (live, this server's, at or above `lost`, not of
  // its `foreign` epoch) or another rebuild's lease runs. Takes the place of one whose lease ended,
  // and tells since when the shard has been closed.
  virtual void RebuildBegin(BeginRequest request, Done<ShardResult> done) = 0;
  // Sets members. kStale where the epoch is no longer the rebuild's; any number of ops.
  virtual void RebuildWrite(int shard, std::string epoch, std::vector<Op> ops,
                            Done<ShardResult> done) = 0;
  // Makes the shard live. When it may open is the caller's to know.
  virtual void RebuildOpen(OpenRequest request, Done<ShardResult> done) = 0;
};

}  // namespace vigil::alert
