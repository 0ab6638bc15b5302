#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "alert-svc/engine/planner.h"

// Which digests there are to be, and what belongs into one.
namespace vigil::alert {
namespace {

// A digest is first tried at most so long after its day: nobody looks back farther for one that was
// missed.
constexpr absl::Duration kLookBack = absl::Hours(24 * 31);

}  // namespace

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

// The days of digests that were tried and are not out, whatever is left of what they told: of one
// of which nothing is left its courier says so for good.
std::set<civil::Day> Planner::TriedDays(const v1::Subscription& own, absl::Time now) const {
  std::set<civil::Day> days;
  absl::Time first = now;
  for (const std::string& id : world_.tried()) {
    const std::vector<registry::v1::Receipt>& failed = world_.FailedIn(id);
    if (!failed.empty()) first = std::min(first, TimeOf(failed.front().time()));
  }
  if (world_.tried().empty()) return days;
  const absl::TimeZone zone = Zone(own.time_zone());
  const civil::Day last = LocalDay(now, zone) + std::chrono::days(1);
  for (civil::Day day = LocalDay(first - kLookBack, zone); day <= last;
       day += std::chrono::days(1)) {
    if (world_.tried().contains(DigestId(own.name(), civil::FormatDay(day)))) days.insert(day);
  }
  return days;
}

// The next digest, those that were tried and are not out, the summary, and digests of findings.
Planner::Members Planner::DigestMembers(const std::string& subscription, absl::Time now) {
  Members members;
  const v1::Subscription* own = world_.settings().FindSubscription(subscription);
  if (!own || !world_.settings().FindReceiver(own->receiver())) return members;
  auto [digests, summary] = TimesOf(*own, now);
  const absl::TimeZone zone = Zone(own->time_zone());
  const std::set<civil::Day> tried = TriedDays(*own, now);
  for (const civil::Day day : tried) digests.emplace(day, LocalMoment(day, HourOf(*own), zone));
  if (world_.tried().contains(SummaryId(subscription))) summary = summary.value_or(now);
  Member member;
  member.deadline = DeadlineNumber(subscription);
  member.receiver = ReceiverNumber(own->receiver());
  if (summary) {
    member.form = MemberForm::kSummary;
    const World::DigestState state = world_.DigestOf(SummaryId(subscription));
    members[member.Identity()] = {member, std::max(*summary, state.retry)};
  }
  member.form = MemberForm::kDigest;
  bool has_next = false;
  for (const auto& [day, due] : digests) {
    if (!tried.contains(day) && std::exchange(has_next, true)) continue;
    const absl::Time retry = world_.DigestOf(DigestId(subscription, civil::FormatDay(day))).retry;
    member.earliest = day;
    members[member.Identity()] = {member, std::max(AwakeAt(*own, due, now), retry)};
  }
  AddFindingsMembers(*own, digests, now, members);
  return members;
}

// When each digest is due into which something belongs, and when the summary is.
Planner::DigestTimes Planner::TimesOf(const v1::Subscription& own, absl::Time now) {
  DigestTimes times;
  const absl::TimeZone zone = Zone(own.time_zone());
  for (const std::string& case_name : contributors_[own.name()]) {
    for (const Planned& planned : PlanOf(case_name)) {
      if (planned.subscription != own.name()) continue;
      if (planned.channel == Channel::kDigest) {
        times.digests.emplace(LocalDay(planned.due, zone), planned.due);
      }
      if (planned.channel == Channel::kSummary) {
        times.summary = std::max(times.summary.value_or(now), planned.due);
      }
    }
  }
  return times;
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
  }
  KeepTried(work);
  if (work.items.empty() && !work.tried_findings) return work;
  const absl::Time due = work.items.empty() ? LocalMoment(member.earliest, HourOf(*subscription),
                                                          Zone(subscription->time_zone()))
                                            : work.items.front().due;
  if (AwakeAt(*subscription, due, now) > now) return std::nullopt;
  return work;
}

// Latecomers are for the next one.
void Planner::KeepTried(Work& work) const {
  const std::vector<registry::v1::Receipt>& failed = world_.FailedIn(work.id);
  if (failed.empty()) return;
  std::set<std::string_view> reminders;
  for (const registry::v1::Receipt& receipt : failed) {
    if (IsOfFindings(receipt)) {
      work.tried_findings = true;
    } else if (reminders.insert(receipt.reminder()).second) {
      work.tried.push_back(MemberOf(receipt));
    }
  }
  std::erase_if(work.items, [&](const Planned& item) { return !reminders.contains(item.id); });
}

}  // namespace vigil::alert
