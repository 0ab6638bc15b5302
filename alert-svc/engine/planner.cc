#include "alert-svc/engine/planner.h"

#include <algorithm>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "common/shard/shard.h"

namespace vigil::alert {
namespace {

civil::Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(civil::Day{}); }

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

bool IsDigest(const Member& member) {
  return member.form == MemberForm::kDigest || member.form == MemberForm::kSummary;
}

}  // namespace

PlanContext Planner::ContextAt(absl::Time now) const {
  return {world_.settings(), days_, world_.delivered(), now, grace_};
}

Member Planner::MemberOf(const Planned& planned) const {
  Member member;
  member.deadline = DeadlineNumber(planned.deadline);
  member.parent = ParentNumber(ParentOf(planned.deadline));
  member.receiver = ReceiverNumber(planned.receiver);
  member.earliest = DayOf(planned.earliest);
  member.span_days = static_cast<std::uint16_t>(
      std::clamp(civil::DaysBetween(member.earliest, DayOf(planned.latest)), 0, 16383));
  member.step = static_cast<std::int16_t>(planned.step);
  member.level = static_cast<std::uint8_t>(planned.level);
  member.repeat = static_cast<std::uint16_t>(planned.repeat);
  member.form = FormOf(planned.form);
  if (auto [state, own] = world_.FindDeadline(member.deadline); own) {
    member.kind = own->deadline.kind();
    member.precision = own->deadline.precision();
  }
  return member;
}

void Planner::Reset() {
  plans_.clear();
  placed_.clear();
  contributors_.clear();
  for (auto& ops : ops_) ops.clear();
}

void Planner::Replan(absl::Time now) {
  if (!world_.loaded()) return;
  const std::set<std::string> dirty = world_.TakeDirty();
  std::set<std::string> subscriptions;
  auto touched = [&](const std::string& case_name) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.channel != Channel::kSingle) subscriptions.insert(planned.subscription);
    }
  };
  for (const std::string& case_name : dirty) {
    touched(case_name);
    PlanOne(case_name, now);
    touched(case_name);
  }
  for (const std::string& subscription : subscriptions) PlanDigests(subscription, now);
}

void Planner::PlanOne(const std::string& case_name, absl::Time now) {
  changed_.insert(case_name);
  const World::CaseState* state = world_.FindCase(case_name);
  if (!state) return;
  for (const Planned& planned : plans_[case_name]) {
    contributors_[planned.subscription].erase(case_name);
  }
  std::vector<Planned>& plan = plans_[case_name];
  plan = PlanCase(world_.ViewOf(*state), ContextAt(now));
  Members wanted;
  for (const Planned& planned : plan) {
    if (planned.channel != Channel::kSingle) {
      contributors_[planned.subscription].insert(case_name);
      continue;
    }
    const Member member = MemberOf(planned);
    wanted[member.Identity()] = {member, planned.due};
  }
  Place(ShardOf(case_name, kShardCount), placed_[case_name], std::move(wanted), now);
}

Planner::Members Planner::DigestMembers(const std::string& subscription, absl::Time now) {
  Members members;
  const v1::Subscription* own = world_.settings().FindSubscription(subscription);
  if (!own) return members;
  absl::Time digest = absl::InfiniteFuture();
  bool summary = false;
  for (const std::string& case_name : contributors_[subscription]) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.subscription != subscription) continue;
      if (planned.channel == Channel::kDigest) digest = std::min(digest, planned.due);
      summary |= planned.channel == Channel::kSummary;
    }
  }
  Member member;
  member.deadline = DeadlineNumber(subscription);
  member.receiver = ReceiverNumber(own->receiver());
  if (summary) {
    member.form = MemberForm::kSummary;
    const World::DigestState state = world_.DigestOf(SummaryId(subscription));
    members[member.Identity()] = {member, std::max(now, state.retry)};
  }
  if (digest < absl::InfiniteFuture()) {
    member.form = MemberForm::kDigest;
    member.earliest = LocalDay(digest, Zone(own->time_zone()));
    const World::DigestState state =
        world_.DigestOf(DigestId(subscription, civil::FormatDay(member.earliest)));
    members[member.Identity()] = {member, std::max(digest, state.retry)};
  }
  return members;
}

void Planner::PlanDigests(const std::string& subscription, absl::Time now) {
  Place(ShardOf(subscription, kShardCount), placed_[subscription], DigestMembers(subscription, now),
        now);
}

void Planner::Place(int shard, Members& placed, Members wanted, absl::Time now) {
  std::vector<Op>& ops = ops_[shard];
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

void Planner::ReturnOps(int shard, std::vector<Op> ops) {
  ops.insert(ops.end(), ops_[shard].begin(), ops_[shard].end());
  ops_[shard] = std::move(ops);
}

std::vector<Op> Planner::Rebuild(int shard) {
  std::vector<Op> ops;
  ops_[shard].clear();
  for (const auto& [owner, members] : placed_) {
    if (ShardOf(owner, kShardCount) != shard) continue;
    for (const auto& [identity, entry] : members) ops.push_back({entry.first, entry.second});
  }
  return ops;
}

std::vector<Op> Planner::Repair(int shard, const std::vector<ListedMember>& found) {
  std::map<std::string, const ListedMember*> there;
  for (const ListedMember& listed : found) there[listed.member.Identity()] = &listed;
  std::vector<Op> ops;
  std::set<std::uint64_t> owed;
  for (Op& op : Rebuild(shard)) {
    owed.insert(op.member.deadline);
    auto it = there.find(op.member.Identity());
    if (it != there.end() && it->second->member == op.member &&
        (it->second->leased || it->second->due == *op.due)) {
      continue;
    }
    ops.push_back(std::move(op));
  }
  for (const ListedMember& listed : found) {
    if (!listed.leased && !owed.contains(listed.member.deadline)) {
      ops.push_back({listed.member, std::nullopt});
    }
  }
  return ops;
}

const v1::Subscription* Planner::SubscriptionOf(std::uint64_t number) const {
  for (const auto& [name, subscription] : world_.settings().subscriptions()) {
    if (DeadlineNumber(name) == number) return &subscription;
  }
  return nullptr;
}

std::vector<Planned> Planner::DigestItems(const std::string& subscription, Channel channel,
                                          absl::Time until) const {
  std::vector<Planned> items;
  auto it = contributors_.find(subscription);
  if (it == contributors_.end()) return items;
  for (const std::string& case_name : it->second) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.subscription == subscription && planned.channel == channel &&
          planned.due <= until) {
        items.push_back(planned);
      }
    }
  }
  return items;
}

std::optional<Work> Planner::WorkFor(const Member& member, absl::Time now) {
  Work work;
  if (IsDigest(member)) {
    const v1::Subscription* subscription = SubscriptionOf(member.deadline);
    if (!subscription) return std::nullopt;
    const bool summary = member.form == MemberForm::kSummary;
    const std::string& name = subscription->name();
    work.id = summary ? SummaryId(name) : DigestId(name, civil::FormatDay(member.earliest));
    const World::DigestState state = world_.DigestOf(work.id);
    if (state.closed || state.retry > now) return std::nullopt;
    const v1::Receiver* receiver = world_.settings().FindReceiver(subscription->receiver());
    if (!receiver) return std::nullopt;
    work.receiver = *receiver;
    work.subscription = name;
    work.attempts = state.attempts;
    work.items = DigestItems(name, summary ? Channel::kSummary : Channel::kDigest, now);
    if (work.items.empty()) return std::nullopt;
    return work;
  }
  auto [state, own] = world_.FindDeadline(member.deadline);
  if (!state) return std::nullopt;
  // What was the newest step when this was planned may be so no longer.
  world_.MarkDirty(state->about.name());
  Replan(now);
  for (const Planned& planned : PlanOf(state->about.name())) {
    if (planned.channel != Channel::kSingle || planned.due > now) continue;
    if (MemberOf(planned).Identity() != member.Identity()) continue;
    const v1::Receiver* receiver = world_.settings().FindReceiver(planned.receiver);
    if (!receiver) return std::nullopt;
    work.id = planned.id;
    work.receiver = *receiver;
    work.subscription = planned.subscription;
    work.attempts = planned.attempts;
    work.items = {planned};
    return work;
  }
  return std::nullopt;
}

Planned Planner::FromMember(const Member& member, const Work& work) const {
  Planned planned;
  auto [state, own] = world_.FindDeadline(member.deadline);
  if (own) planned.deadline = own->deadline.name();
  planned.form = member.form == MemberForm::kMoved       ? PlannedForm::kMoved
                 : member.form == MemberForm::kWithdrawn ? PlannedForm::kWithdrawn
                                                         : PlannedForm::kReminder;
  planned.receiver = work.receiver.name();
  planned.subscription = work.subscription;
  planned.earliest = civil::FormatDay(member.earliest);
  planned.latest = civil::FormatDay(member.earliest + std::chrono::days(member.span_days));
  planned.step = member.step;
  if (planned.form == PlannedForm::kMoved) planned.step = kMovedStep;
  if (planned.form == PlannedForm::kWithdrawn) planned.step = kWithdrawnStep;
  planned.level = member.level;
  planned.repeat = member.repeat;
  planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, planned.step);
  planned.id = ReminderId(planned.alert, planned.receiver, planned.level, planned.repeat);
  return planned;
}

std::vector<Planned> Planner::Sealed(const Work& work, const std::vector<Member>& items) const {
  std::map<std::string, const Planned*> now;
  for (const Planned& planned : work.items) now[MemberOf(planned).Identity()] = &planned;
  std::vector<Planned> sealed;
  for (const Member& member : items) {
    auto it = now.find(member.Identity());
    if (it != now.end()) {
      sealed.push_back(*it->second);
      continue;
    }
    Planned planned = FromMember(member, work);
    if (planned.deadline.empty()) continue;
    Restate(planned);
    sealed.push_back(std::move(planned));
  }
  return sealed;
}

void Planner::Restate(Planned& planned) const {
  auto [state, own] = world_.FindDeadline(DeadlineNumber(planned.deadline));
  const registry::v1::Deadline& now = own->deadline;
  const std::string earliest = planned.earliest, latest = planned.latest;
  if (own->gone || now.state() == registry::v1::DEADLINE_STATE_WITHDRAWN) {
    planned.form = PlannedForm::kWithdrawn;
    planned.step = kWithdrawnStep;
  } else if (planned.earliest != now.earliest() || planned.latest != now.latest()) {
    planned.form = PlannedForm::kMoved;
    planned.step = kMovedStep;
    planned.earliest = now.earliest();
    planned.latest = now.latest();
  } else {
    return;
  }
  planned.sealed_earliest = earliest;
  planned.sealed_latest = latest;
  // The reminder stays what it was; what a person acknowledges is the news.
  planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, planned.step);
}

void Planner::Forget(int shard, const Member& member) {
  const std::string identity = member.Identity();
  std::string owner;
  if (IsDigest(member)) {
    if (const v1::Subscription* own = SubscriptionOf(member.deadline)) owner = own->name();
  } else if (auto [state, own] = world_.FindDeadline(member.deadline); state) {
    owner = state->about.name();
  }
  if (owner.empty() || ShardOf(owner, kShardCount) != shard) return;
  if (auto it = placed_.find(owner); it != placed_.end()) it->second.erase(identity);
  // Whether it is still owed is for the next plan to say.
  if (!IsDigest(member)) return world_.MarkDirty(owner);
  for (const std::string& case_name : contributors_[owner]) world_.MarkDirty(case_name);
}

const std::vector<Planned>& Planner::PlanOf(const std::string& case_name) const {
  static const auto& kNothing = *new std::vector<Planned>();
  auto it = plans_.find(case_name);
  return it == plans_.end() ? kNothing : it->second;
}

std::size_t Planner::placed() const {
  std::size_t count = 0;
  for (const auto& [owner, members] : placed_) count += members.size();
  return count;
}

}  // namespace vigil::alert
