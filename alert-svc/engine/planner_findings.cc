#include <string>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "alert-svc/engine/findings.h"
#include "alert-svc/engine/planner.h"

// The week's digest of findings, which is there also where no date is due. What is new is asked for
// when it is to go out.
namespace vigil::alert {
namespace {

constexpr absl::Duration kWeek = absl::Hours(24 * 7);

bool HasFindingsDigest(const v1::Subscription& own) {
  return TellsFindings(own) && !own.no_digest() && !own.urgent_only();
}

std::string FindingsIdOf(const v1::Subscription& own, civil::Day day) {
  return FindingsId(own.name(), civil::FormatDay(day));
}

}  // namespace

// Which subscriptions there are, and when their weeks begin, is in the settings.
void Planner::TouchAllAfterWideChange() {
  if (wide_changes_ == world_.wide_changes()) return;
  wide_changes_ = world_.wide_changes();
  for (const auto& [name, own] : world_.settings().subscriptions()) touched_.insert(name);
}

// The days whose findings are to be told by themselves, and when: of the week's beginning that is
// past, where nobody told them then, and of the next one.
std::map<civil::Day, absl::Time> Planner::FindingsDue(const v1::Subscription& own,
                                                      absl::Time now) const {
  std::map<civil::Day, absl::Time> days;
  if (!HasFindingsDigest(own) || !world_.settings().FindReceiver(own.receiver())) return days;
  const absl::TimeZone zone = Zone(own.time_zone());
  const civil::WorkingDays& working = ContextAt(now).DaysOf(own);
  const absl::Time since = world_.settings().Since(own.name());
  for (absl::Time due = DigestMoment(own, true, working, now - kWeek);;
       due = DigestMoment(own, true, working, due + absl::Minutes(1))) {
    const civil::Day day = LocalDay(due, zone);
    const std::string id = FindingsIdOf(own, day);
    const bool tried = world_.tried().contains(id);
    const bool before = since < absl::InfiniteFuture() && due < since;  // nobody had subscribed so
    if (world_.DigestOf(id).closed || (before && !tried)) continue;
    days[day] = AwakeAt(own, std::max(due, world_.DigestOf(id).retry), now);
    if (due >= now) return days;
  }
}

// But for the days of `digests`, which tell the findings too.
void Planner::AddFindingsMembers(const v1::Subscription& own,
                                 const std::map<civil::Day, absl::Time>& digests, absl::Time now,
                                 Members& members) const {
  Member member;
  member.deadline = DeadlineNumber(own.name());
  member.receiver = ReceiverNumber(own.receiver());
  member.form = MemberForm::kFindings;
  for (const auto& [day, due] : FindingsDue(own, now)) {
    if (digests.contains(day) && world_.DigestOf(FindingsIdOf(own, day)).attempts == 0) continue;
    member.earliest = day;
    members[member.Identity()] = {member, due};
  }
}

std::optional<Work> Planner::FindingsWork(const Member& member, absl::Time now) {
  const v1::Subscription* own = SubscriptionOf(member.deadline);
  if (!own) return std::nullopt;
  RefreshDigest(own->name(), false, now);
  const std::map<civil::Day, absl::Time> days = FindingsDue(*own, now);
  const auto due = days.find(member.earliest);
  const v1::Receiver* receiver = world_.settings().FindReceiver(own->receiver());
  if (due == days.end() || due->second > now || !receiver) return std::nullopt;
  Work work;
  work.id = FindingsIdOf(*own, member.earliest);
  work.receiver = *receiver;
  work.subscription = own->name();
  work.attempts = world_.DigestOf(work.id).attempts;
  Member dates = member;
  dates.form = MemberForm::kDigest;
  const std::string with_dates = DigestId(own->name(), civil::FormatDay(member.earliest));
  const bool has_dates = world_.tried().contains(with_dates) ||
                         !DigestItems(*own, dates, absl::InfiniteFuture()).empty();
  // What was tried may have come: it stays what it is.
  if (work.attempts == 0 && has_dates) return std::nullopt;
  return work;
}

}  // namespace vigil::alert
