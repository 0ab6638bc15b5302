#include "alert-svc/engine/planner.h"

#include <algorithm>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

// So many cases are planned in one go: some ten milliseconds.
constexpr std::size_t kAtOnce = 200;

civil::Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(civil::Day{}); }

void SetDates(const std::string& earliest, const std::string& latest, Member& member) {
  member.earliest = DayOf(earliest);
  member.span_days = static_cast<std::uint16_t>(
      std::clamp(civil::DaysBetween(member.earliest, DayOf(latest)), 0, 16383));
}

// A member has ten bits for the repeat. What was snoozed oftener than they count starts over among
// the snoozes: of one alert only the last is owed.
std::uint16_t RepeatOf(int repeat) {
  constexpr int kSnoozes = 1024 - kSnoozeRepeat;
  if (repeat > kSnoozeRepeat) repeat = kSnoozeRepeat + (repeat - kSnoozeRepeat) % kSnoozes;
  return static_cast<std::uint16_t>(repeat);
}

// What is due waits where its receiver is busy, or the registry does not say; whoever put it back
// may have another clock.
bool MayBePutBack(const Op& op, const ListedMember& listed, const Clock& clock) {
  const absl::Time most = clock.Wall() + kPutBackMost + 2 * kMostSkew;
  return *op.due <= clock.Now() && clock.WallAt(listed.due) <= most;
}

MemberForm FormOf(PlannedForm form) {
  switch (form) {
    case PlannedForm::kMoved:
      return MemberForm::kMoved;
    case PlannedForm::kWithdrawn:
      return MemberForm::kWithdrawn;
    case PlannedForm::kReminder:
      break;
  }
  return MemberForm::kReminder;
}

// It tells dates that its deadline has no more, or that it is gone where it stands, or does not
// where it is: by the journal alone, whatever receipts are on their way.
bool IsRevoked(const World& world, const Member& member) {
  auto [state, own] = world.FindDeadline(member.deadline);
  if (!own) return false;
  const registry::v1::Deadline& deadline = own->deadline;
  const bool gone =
      own->gone || state->deleted || deadline.state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
  if (gone != (member.form == MemberForm::kWithdrawn)) return true;
  Member today = member;
  SetDates(deadline.earliest(), deadline.latest(), today);
  return !gone && today.Identity() != member.Identity();
}

}  // namespace

PlanContext Planner::ContextAt(absl::Time now) const {
  return {world_.settings(), days_, world_.delivered(), now, grace_, &world_.tried(), calendars_};
}

Member Planner::MemberOf(const Planned& planned) const {
  Member member;
  member.deadline = DeadlineNumber(planned.deadline);
  member.parent = ParentNumber(ParentOf(planned.deadline));
  member.receiver = ReceiverNumber(planned.receiver);
  SetDates(planned.earliest, planned.latest, member);
  member.step = static_cast<std::int16_t>(planned.step);
  member.level = static_cast<std::uint8_t>(planned.level);
  member.repeat = RepeatOf(planned.repeat);
  member.form = FormOf(planned.form);
  if (auto [state, own] = world_.FindDeadline(member.deadline); own) {
    member.kind = own->deadline.kind();
    member.precision = own->deadline.precision();
  }
  return member;
}

void Planner::Reset() {
  plans_.clear();
  for (auto& placed : placed_) placed.clear();
  contributors_.clear();
  touched_.clear();
  stale_.clear();
  stale_count_.fill(0);
  mute_watch_.Reset();
  wide_changes_ = -1;
  for (auto& ops : ops_) ops.clear();
}

void Planner::Replan(absl::Time now) {
  if (!world_.loaded()) return;
  DirtyDigests();
  TouchAllAfterWideChange();
  std::vector<std::string> cases;
  for (const std::string& case_name : world_.TakeDirty()) {
    if (cases.size() < kAtOnce) {
      cases.push_back(case_name);
    } else {
      MakeStale(case_name);
    }
  }
  changed_.insert(cases.begin(), cases.end());
  PlanAll(cases, now);
}

void Planner::PlanMore(absl::Time now) {
  if (!world_.loaded()) return;
  std::vector<std::string> cases;
  for (auto it = stale_.begin(); it != stale_.end() && cases.size() < kAtOnce; ++it) {
    cases.push_back(*it);
  }
  PlanAll(cases, now);
}

void Planner::PlanAll(const std::vector<std::string>& cases, absl::Time now) {
  for (const std::string& case_name : cases) PlanOne(case_name, now);
  for (const std::string& subscription : std::exchange(touched_, {})) {
    PlanDigests(subscription, now);
  }
}

void Planner::MakeStale(const std::string& case_name) {
  if (stale_.insert(case_name).second) ++stale_count_[ShardOf(case_name, kShardCount)];
}

void Planner::Unstale(const std::string& case_name) {
  if (stale_.erase(case_name) > 0) --stale_count_[ShardOf(case_name, kShardCount)];
}

void Planner::PlanOne(const std::string& case_name, absl::Time now) {
  if (stale_.contains(case_name)) changed_.insert(case_name);
  Unstale(case_name);
  const World::CaseState* state = world_.FindCase(case_name);
  if (!state) return;
  std::vector<Planned>& plan = plans_[case_name];
  for (const Planned& planned : plan) {
    contributors_[planned.subscription].erase(case_name);
    if (planned.channel != Channel::kSingle) touched_.insert(planned.subscription);
  }
  const CaseView view = world_.ViewOf(*state);
  const PlanContext context = ContextAt(now);
  const std::vector<Planned> before = std::exchange(plan, PlanCase(view, context));
  if (plan != before) changed_.insert(case_name);
  mute_watch_.Look(view, context);
  Members wanted;
  for (const Planned& planned : plan) {
    if (planned.channel != Channel::kSingle) {
      contributors_[planned.subscription].insert(case_name);
      touched_.insert(planned.subscription);
      continue;
    }
    const Member member = MemberOf(planned);
    wanted[member.Identity()] = {member, planned.due};
  }
  Place(case_name, std::move(wanted), now);
}

void Planner::Place(const std::string& owner, Members wanted, absl::Time now) {
  const int shard = ShardOf(owner, kShardCount);
  std::vector<Op>& ops = ops_[shard];
  Members& placed = placed_[shard][owner];
  for (const auto& [identity, entry] : placed) {
    if (!wanted.contains(identity)) ops.push_back({entry.first, std::nullopt});
  }
  for (auto& [identity, entry] : wanted) {
    auto it = placed.find(identity);
    if (it != placed.end()) {
      const bool same_moment =
          it->second.second == entry.second || (it->second.second <= now && entry.second <= now);
      if (it->second.first == entry.first && same_moment) {
        entry.second = it->second.second;
        continue;
      }
    }
    ops.push_back({entry.first, entry.second});
  }
  placed = std::move(wanted);
}

// What the members are to be by now: a sweep may have planned them anew since the ops were taken.
void Planner::ReturnOps(int shard, std::vector<Op> ops) {
  std::map<std::string, Op*> returned;
  for (Op& op : ops) {
    op.due.reset();
    returned[op.member.Identity()] = &op;
  }
  for (const auto& [owner, members] : placed_[shard]) {
    for (const auto& [identity, entry] : members) {
      auto it = returned.find(identity);
      if (it != returned.end()) *it->second = {entry.first, entry.second};
    }
  }
  ops.insert(ops.end(), ops_[shard].begin(), ops_[shard].end());
  ops_[shard] = std::move(ops);
}

std::vector<Op> Planner::Rebuild(int shard) {
  std::vector<Op> ops;
  ops_[shard].clear();
  for (const auto& [owner, members] : placed_[shard]) {
    for (const auto& [identity, entry] : members) ops.push_back({entry.first, entry.second});
  }
  return ops;
}

std::vector<Op> Planner::Repair(int shard, const std::vector<ListedMember>& found,
                                const Clock& clock) {
  std::map<std::string, const ListedMember*> there;
  for (const ListedMember& listed : found) there[listed.member.Identity()] = &listed;
  std::vector<Op> ops;
  std::set<std::uint64_t> owed;
  for (Op& op : Rebuild(shard)) {
    owed.insert(op.member.deadline);
    if (auto it = there.find(op.member.Identity()); it != there.end()) {
      const ListedMember& listed = *it->second;
      there.erase(it);
      const bool in_time =
          listed.leased || listed.due == *op.due || MayBePutBack(op, listed, clock);
      if (in_time && listed.member == op.member) continue;
    }
    ops.push_back(std::move(op));
  }
  for (const auto& [identity, listed] : there) {
    if (listed->leased) continue;
    if (!owed.contains(listed->member.deadline) || IsRevoked(world_, listed->member)) {
      ops.push_back({listed->member, std::nullopt});
    }
  }
  return ops;
}

std::optional<Work> Planner::WorkFor(const Member& member, absl::Time now) {
  if (member.form == MemberForm::kFindings) return FindingsWork(member, now);
  if (IsDigest(member)) return DigestWork(member, now);
  auto [state, own] = world_.FindDeadline(member.deadline);
  if (!state) return std::nullopt;
  // What was the newest step when this was planned may be so no longer.
  const std::string& case_name = state->about.name();
  PlanAll({case_name}, now);
  for (const Planned& planned : PlanOf(case_name)) {
    if (planned.channel != Channel::kSingle || planned.due > now) continue;
    if (DeadlineNumber(planned.deadline) != member.deadline) continue;
    if (MemberOf(planned).Identity() != member.Identity()) continue;
    const v1::Receiver* receiver = world_.settings().FindReceiver(planned.receiver);
    if (!receiver) return std::nullopt;
    Work work;
    work.id = planned.id;
    work.receiver = *receiver;
    work.subscription = planned.subscription;
    work.attempts = planned.attempts;
    work.items = {planned};
    return work;
  }
  return std::nullopt;
}

// The case, or the subscription of a digest; empty where it is not known.
std::string Planner::OwnerOf(const Member& member) const {
  if (IsDigest(member)) {
    const v1::Subscription* own = SubscriptionOf(member.deadline);
    return own ? own->name() : std::string();
  }
  auto [state, own] = world_.FindDeadline(member.deadline);
  return state ? state->about.name() : std::string();
}

void Planner::Forget(int shard, const Member& member) {
  const std::string owner = OwnerOf(member);
  if (owner.empty() || ShardOf(owner, kShardCount) != shard) return;
  if (auto it = placed_[shard].find(owner); it != placed_[shard].end()) {
    it->second.erase(member.Identity());
  }
  // Whether it is still owed is for the next plan to say.
  if (!IsDigest(member)) return world_.MarkDirty(owner);
  touched_.insert(owner);
  if (member.form == MemberForm::kFindings) return;
  for (const std::string& case_name : contributors_[owner]) world_.MarkDirty(case_name);
}

void Planner::Completed(int shard, const Member& member, const std::optional<Op>& told) {
  auto owned = placed_[shard].find(OwnerOf(member));
  if (owned == placed_[shard].end()) return;
  auto it = owned->second.find(member.Identity());
  if (it == owned->second.end()) return;
  const auto& [wanted, due] = it->second;
  if (!told || told->due != due) ops_[shard].push_back({wanted, due});
}

const std::vector<Planned>& Planner::PlanOf(const std::string& case_name) const {
  static const auto& kNothing = *new std::vector<Planned>();
  auto it = plans_.find(case_name);
  return it == plans_.end() ? kNothing : it->second;
}

int Planner::DueBetween(int shard, absl::Time from, absl::Time until) const {
  int count = 0;
  for (const auto& [owner, members] : placed_[shard]) {
    for (const auto& [identity, entry] : members) {
      count += entry.second >= from && entry.second < until;
    }
  }
  return count;
}

std::size_t Planner::placed() const {
  std::size_t count = 0;
  for (const auto& placed : placed_) {
    for (const auto& [owner, members] : placed) count += members.size();
  }
  return count;
}

}  // namespace vigil::alert
