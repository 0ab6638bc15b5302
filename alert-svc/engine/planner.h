#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "alert-svc/engine/mute_watch.h"
#include "alert-svc/engine/schedule.h"
#include "alert-svc/engine/world.h"
#include "common/civil/working_days.h"
#include "common/clock/clock.h"

namespace vigil::alert {

// What a claimed member turned out to mean.
struct Work {
  std::string id;  // of the message
  v1::Receiver receiver;
  std::string subscription;
  int attempts = 0;            // made before
  std::vector<Planned> items;  // one; of a digest or summary all that belong into it now
  std::vector<Member> sealed;  // of a digest or summary: what its set holds
  std::vector<Member> tried;   // of a digest that failed: what it was sealed with then
  // Of a digest: it is to tell the week's findings; once it is sealed: no other message does.
  bool tells_findings = false;
  bool tried_findings = false;  // it told them, and failed: they may have arrived
};

// What is due and cannot go is put back for no longer (wall).
inline constexpr absl::Duration kPutBackMost = absl::Minutes(10);

// The second stage, `plan`: from what the world knows to what the shards should hold. It remembers
// what it believes to be in each shard, so that it speaks only in differences; a belief that turns
// out wrong costs one idle claim.
class Planner {
 public:
  // `world` and `days` outlive the planner. `grace`: see PlanContext.
  Planner(World& world, const civil::WorkingDays& days) : world_(world), days_(days) {}

  // Forgets all it believes; the world starts over.
  void Reset();
  void set_grace(absl::Duration grace) { grace_ = grace; }
  absl::Duration grace() const { return grace_; }
  // See PlanContext; they outlive the planner.
  void set_calendars(const civil::Calendars* calendars) { calendars_ = calendars; }

  // Plans the cases anew that changed, and collects the ops this takes. Where many changed at once
  // (a snapshot, a new setting) only some of them: the others wait for PlanMore, and what changes
  // meanwhile does not wait behind them.
  void Replan(absl::Time now);
  // Plans some of those that wait.
  void PlanMore(absl::Time now);
  bool HasStale() const { return !stale_.empty(); }
  // None of a shard's cases waits: its members and the world's revision belong together.
  bool Settled(int shard) const { return stale_count_[shard] == 0; }
  // The ops collected for a shard, in their order; the caller sees to it that they get there.
  std::vector<Op> TakeOps(int shard) { return std::exchange(ops_[shard], {}); }
  // Puts ops back in front that did not get there.
  void ReturnOps(int shard, std::vector<Op> ops);
  bool HasOps(int shard) const { return !ops_[shard].empty(); }
  // Some are collected for any shard.
  bool HasOps() const {
    return std::any_of(ops_.begin(), ops_.end(), [](const auto& ops) { return !ops.empty(); });
  }

  // All that a shard should hold now; forgets its collected ops, which this contains.
  std::vector<Op> Rebuild(int shard);
  // The ops that bring a shard from what was found in it to what it should hold. What it holds
  // beyond that is taken out where the journal took it back, or nothing is owed of its deadline:
  // another replica may know of a receipt on its way here. What is due may have been put back.
  std::vector<Op> Repair(int shard, const std::vector<ListedMember>& found, const Clock& clock);

  // What a member is owed for now: nullopt where it is not (acknowledged, moved, done, not due). A
  // digest that is not out comes without items where nothing belongs into it now: it may have been
  // sealed, and sent by somebody who died of it. To one that was tried nothing belongs but what
  // failed with it.
  std::optional<Work> WorkFor(const Member& member, absl::Time now);
  // What a sealed digest holds, in the words of the plan. The members stay, and with them the ids;
  // but of a date that moved since, or went, it says that it did: a message that was tried first
  // yesterday never names a date that is known to be wrong today.
  std::vector<Planned> Sealed(const Work& work, const std::vector<Member>& items) const;
  // A member leaves its shard: it is being completed.
  void Forget(int shard, const Member& member);
  // It was completed, and its shard told to hold `told` of it. What the plan came to say meanwhile
  // fell on its lease: that is collected anew.
  void Completed(int shard, const Member& member, const std::optional<Op>& told);

  // What is planned for a case.
  const std::vector<Planned>& PlanOf(const std::string& case_name) const;
  const std::map<std::string, std::vector<Planned>>& plans() const { return plans_; }
  // Cases whose plan or receipts may be others than when this was last asked.
  std::set<std::string> TakeChanged() { return std::exchange(changed_, {}); }
  // What silences hold back of the cases that were planned.
  MuteWatch& mute_watch() { return mute_watch_; }
  // How many members of a shard come due from `from` on, before `until`.
  int DueBetween(int shard, absl::Time from, absl::Time until) const;
  // How many members all shards should hold.
  std::size_t placed() const;

  Member MemberOf(const Planned& planned) const;
  // Of what a receipt of a deadline tells.
  Member MemberOf(const registry::v1::Receipt& receipt) const;
  // What a plan of this moment depends on; holds until the world changes.
  PlanContext ContextAt(absl::Time now) const;

 private:
  // Members by identity.
  using Members = std::map<std::string, std::pair<Member, absl::Time>>;

  void PlanAll(const std::vector<std::string>& cases, absl::Time now);
  void PlanOne(const std::string& case_name, absl::Time now);
  void MakeStale(const std::string& case_name);
  void Unstale(const std::string& case_name);
  void DirtyDigests();
  absl::Time AwakeAt(const v1::Subscription& subscription, absl::Time due, absl::Time now) const;
  void PlanDigests(const std::string& subscription, absl::Time now);
  struct DigestTimes {
    std::map<civil::Day, absl::Time> digests;
    std::optional<absl::Time> summary;
  };
  DigestTimes TimesOf(const v1::Subscription& own, absl::Time now);
  Members DigestMembers(const std::string& subscription, absl::Time now);
  std::map<civil::Day, absl::Time> FindingsDue(const v1::Subscription& own, absl::Time now) const;
  void AddFindingsMembers(const v1::Subscription& own,
                          const std::map<civil::Day, absl::Time>& digests, absl::Time now,
                          Members& members) const;
  void TouchAllAfterWideChange();
  void Place(const std::string& owner, Members wanted, absl::Time now);
  std::set<civil::Day> TriedDays(const v1::Subscription& own, absl::Time now) const;
  std::optional<Work> DigestWork(const Member& member, absl::Time now);
  void KeepTried(Work& work) const;
  std::optional<Work> FindingsWork(const Member& member, absl::Time now);
  void RefreshDigest(const std::string& subscription, bool all, absl::Time now);
  std::vector<Planned> DigestItems(const v1::Subscription& subscription, const Member& member,
                                   absl::Time until) const;
  const v1::Subscription* SubscriptionOf(std::uint64_t number) const;
  std::string OwnerOf(const Member& member) const;
  Planned FromMember(const Member& member, const Work& work) const;
  void Restate(Planned& planned) const;

  World& world_;
  const civil::WorkingDays& days_;
  const civil::Calendars* calendars_ = nullptr;
  absl::Duration grace_ = absl::Hours(1);
  std::map<std::string, std::vector<Planned>> plans_;               // by case
  std::array<std::map<std::string, Members>, kShardCount> placed_;  // by case or subscription
  std::map<std::string, std::set<std::string>> contributors_;       // cases by subscription
  std::set<std::string> touched_;                                   // subscriptions to plan anew
  std::set<std::string> stale_;                                     // cases that wait for PlanMore
  std::array<int, kShardCount> stale_count_{};
  std::set<std::string> changed_;
  MuteWatch mute_watch_;
  std::int64_t wide_changes_ = -1;  // of the world, when all subscriptions were touched last
  std::array<std::vector<Op>, kShardCount> ops_;
};

}  // namespace vigil::alert
