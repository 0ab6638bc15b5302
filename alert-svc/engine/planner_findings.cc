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

}  // namespace

// Which subscriptions there are, and when their weeks begin, is in the settings.
void Planner::TouchAllAfterWideChange() {
  if (wide_changes_ == world_.wide_changes()) return;
  wide_changes_ = world_.wide_changes();
  for (const auto& [name, own] : world_.settings().subscriptions()) touched_.insert(name);
}

// The next one, which is late on its own day at most, and what was tried and is not out.
void Planner::AddFindingsMembers(const v1::Subscription& own, absl::Time now,
                                 Members& members) const {
  if (!HasFindingsDigest(own)) return;
  const absl::TimeZone zone = Zone(own.time_zone());
  const civil::WorkingDays& days = ContextAt(now).DaysOf(own);
  Member member;
  member.deadline = DeadlineNumber(own.name());
  member.receiver = ReceiverNumber(own.receiver());
  member.form = MemberForm::kFindings;
  for (absl::Time due = DigestMoment(own, true, days, now - kWeek);;
       due = DigestMoment(own, true, days, due + absl::Minutes(1))) {
    member.earliest = LocalDay(due, zone);
    const std::string id = FindingsId(own.name(), civil::FormatDay(member.earliest));
    const bool tried = world_.tried().contains(id);
    const bool over = untold_.contains(id) || world_.delivered().contains(id);
    if (over || (!tried && member.earliest < LocalDay(now, zone))) continue;
    members[member.Identity()] = {member,
                                  AwakeAt(own, std::max(due, world_.DigestOf(id).retry), now)};
    if (!tried) return;
  }
}

std::optional<Work> Planner::FindingsWork(const Member& member, absl::Time now) {
  const v1::Subscription* own = SubscriptionOf(member.deadline);
  if (!own || !HasFindingsDigest(*own)) return std::nullopt;
  const std::string name = own->name(), day = civil::FormatDay(member.earliest);
  const std::string id = FindingsId(name, day);
  const World::DigestState state = world_.DigestOf(id);
  const v1::Receiver* receiver = world_.settings().FindReceiver(own->receiver());
  if (state.closed || state.retry > now || !receiver) return std::nullopt;
  RefreshDigest(name, false, now);
  Member dates = member;
  dates.form = MemberForm::kDigest;
  // The digest of the day's dates tells them too.
  const bool told = world_.delivered().contains(DigestId(name, day)) ||
                    !DigestItems(*own, dates, absl::InfiniteFuture()).empty();
  const bool missed = LocalDay(now, Zone(own->time_zone())) != member.earliest;
  if (state.attempts == 0 && (told || missed)) {
    NothingToTell(id);
    return std::nullopt;
  }
  Work work;
  work.id = id;
  work.receiver = *receiver;
  work.subscription = name;
  work.attempts = state.attempts;
  return work;
}

}  // namespace vigil::alert
