#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "alert-svc/engine/planner.h"

// Which digests there are to be, and what belongs into one.
namespace vigil::alert {

// What a digest holds depends on which of them were tried and which are out.
void Planner::DirtyDigests() {
  const std::set<std::string> receivers = world_.TakeDigested();
  if (receivers.empty()) return;
  for (const auto& [name, subscription] : world_.settings().subscriptions()) {
    if (!receivers.contains(subscription.receiver())) continue;
    for (const std::string& case_name : contributors_[name]) world_.MarkDirty(case_name);
    touched_.insert(name);
  }
}

// When a digest may go out that was to at `due`: one that is late keeps to the quiet hours.
absl::Time Planner::AwakeAt(const v1::Subscription& subscription, absl::Time due,
                            absl::Time now) const {
  if (due + grace_ >= now) return due;
  const absl::Time until = QuietUntil(subscription, now);
  return until > now ? until : due;
}

// The next digest, those that were tried and are not out, the summary, and digests of findings.
Planner::Members Planner::DigestMembers(const std::string& subscription, absl::Time now) {
  Members members;
  const v1::Subscription* own = world_.settings().FindSubscription(subscription);
  if (!own) return members;
  std::map<civil::Day, absl::Time> digests;
  std::optional<absl::Time> summary;
  const absl::TimeZone zone = Zone(own->time_zone());
  for (const std::string& case_name : contributors_[subscription]) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.subscription != subscription) continue;
      if (planned.channel == Channel::kDigest) {
        digests.emplace(LocalDay(planned.due, zone), planned.due);
      }
      if (planned.channel == Channel::kSummary) {
        summary = std::max(summary.value_or(now), planned.due);
      }
    }
  }
  Member member;
  member.deadline = DeadlineNumber(subscription);
  member.receiver = ReceiverNumber(own->receiver());
  if (summary) {
    member.form = MemberForm::kSummary;
    const World::DigestState state = world_.DigestOf(SummaryId(subscription));
    members[member.Identity()] = {member, std::max(*summary, state.retry)};
  }
  for (const auto& [day, due] : digests) {
    const std::string id = DigestId(subscription, civil::FormatDay(day));
    member.form = MemberForm::kDigest;
    member.earliest = day;
    members[member.Identity()] = {member,
                                  AwakeAt(*own, std::max(due, world_.DigestOf(id).retry), now)};
    if (!world_.tried().contains(id)) break;
  }
  AddFindingsMembers(*own, digests, now, members);
  return members;
}

void Planner::PlanDigests(const std::string& subscription, absl::Time now) {
  Place(subscription, DigestMembers(subscription, now), now);
}

const v1::Subscription* Planner::SubscriptionOf(std::uint64_t number) const {
  for (const auto& [name, subscription] : world_.settings().subscriptions()) {
    if (DeadlineNumber(name) == number) return &subscription;
  }
  return nullptr;
}

std::vector<Planned> Planner::DigestItems(const v1::Subscription& subscription,
                                          const Member& member, absl::Time until) const {
  std::vector<Planned> items;
  auto it = contributors_.find(subscription.name());
  if (it == contributors_.end()) return items;
  const bool summary = member.form == MemberForm::kSummary;
  const absl::TimeZone zone = Zone(subscription.time_zone());
  for (const std::string& case_name : it->second) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.subscription != subscription.name() || planned.due > until) continue;
      const bool belongs = summary ? planned.channel == Channel::kSummary
                                   : planned.channel == Channel::kDigest &&
                                         LocalDay(planned.due, zone) == member.earliest;
      if (belongs) items.push_back(planned);
    }
  }
  return items;
}

// Plans the cases of a digest anew: all, or those that wait.
void Planner::RefreshDigest(const std::string& subscription, bool all, absl::Time now) {
  std::vector<std::string> cases;
  for (const std::string& case_name : contributors_[subscription]) {
    if (all || stale_.contains(case_name)) cases.push_back(case_name);
  }
  PlanAll(cases, now);
}

std::optional<Work> Planner::DigestWork(const Member& member, absl::Time now) {
  const v1::Subscription* subscription = SubscriptionOf(member.deadline);
  if (!subscription) return std::nullopt;
  Work work;
  const std::string& name = subscription->name();
  work.id = member.form == MemberForm::kSummary ? SummaryId(name)
                                                : DigestId(name, civil::FormatDay(member.earliest));
  const World::DigestState state = world_.DigestOf(work.id);
  if (state.closed || state.retry > now) return std::nullopt;
  const v1::Receiver* receiver = world_.settings().FindReceiver(subscription->receiver());
  if (!receiver) return std::nullopt;
  work.receiver = *receiver;
  work.subscription = name;
  work.attempts = state.attempts;
  RefreshDigest(name, false, now);
  work.items = DigestItems(*subscription, member, now);
  // What is late is planned again before it goes out.
  if (!work.items.empty() && work.items.front().due + grace_ < now) {
    RefreshDigest(name, true, now);
    work.items = DigestItems(*subscription, member, now);
    const bool any = !work.items.empty();
    if (any && AwakeAt(*subscription, work.items.front().due, now) > now) return std::nullopt;
  }
  return work;
}

}  // namespace vigil::alert
