#include "alert-svc/domain/occasions.h"

#include <algorithm>
#include <functional>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using civil::Day;
using std::chrono::days;

constexpr int kMaxRepeats = kHandOverRepeat - 1;
constexpr int kRepeatsOfFirstYear = 12;
constexpr int kQuarterDays = 91;

Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(Day{}); }

bool IsConditional(const registry::v1::Deadline& deadline, const v1::Policy& policy) {
  return deadline.eligibility() == registry::v1::ELIGIBILITY_CONDITIONAL &&
         !policy.conditional_lead_days().empty();
}

std::vector<int> Leads(const registry::v1::Deadline& deadline, const v1::Policy& policy) {
  const auto& chosen =
      IsConditional(deadline, policy) ? policy.conditional_lead_days() : policy.lead_days();
  std::vector<int> leads(chosen.begin(), chosen.end());
  std::sort(leads.begin(), leads.end(), std::greater<>());
  leads.erase(std::unique(leads.begin(), leads.end()), leads.end());
  return leads;
}

}  // namespace

Day ReferenceDay(const registry::v1::Deadline& deadline) {
  return DayOf(deadline.nature() == registry::v1::DEADLINE_NATURE_STATE_DUE ? deadline.latest()
                                                                            : deadline.earliest());
}

int RepeatDay(const v1::Policy& policy, registry::v1::DeadlineKind kind, int repeat) {
  if (kind != registry::v1::DEADLINE_KIND_UN_FOLLOW_UP || repeat <= kRepeatsOfFirstYear) {
    return repeat * policy.repeat_days();
  }
  return kRepeatsOfFirstYear * policy.repeat_days() +
         (repeat - kRepeatsOfFirstYear) * std::max(kQuarterDays, policy.repeat_days());
}

absl::Time QuietUntil(const v1::Subscription& subscription, absl::Time time) {
  const int begin = subscription.quiet_from(), end = subscription.quiet_until();
  if (!subscription.has_quiet_from() || !subscription.has_quiet_until() || begin == end) {
    return time;
  }
  const absl::TimeZone zone = Zone(subscription.time_zone());
  const int hour = zone.At(time).cs.hour();
  const bool over_night = begin > end;
  const bool quiet = over_night ? hour >= begin || hour < end : hour >= begin && hour < end;
  if (!quiet) return time;
  const Day day = LocalDay(time, zone);
  return LocalMoment(over_night && hour >= begin ? day + days(1) : day, end, zone);
}

int HourOf(const v1::Subscription& subscription) {
  return subscription.has_hour() ? subscription.hour() : 9;
}

std::vector<Occasion> Occasions(const registry::v1::Deadline& deadline, const v1::Policy& policy,
                                const v1::Subscription& subscription,
                                const civil::WorkingDays& working, absl::Time now) {
  const absl::TimeZone zone = Zone(subscription.time_zone());
  const Day reference = ReferenceDay(deadline);
  auto moment = [&](Day day) {
    return LocalMoment(policy.any_day() ? day : working.RollBack(day), HourOf(subscription), zone);
  };
  std::vector<Occasion> occasions;
  const std::vector<int> leads = Leads(deadline, policy);
  for (int lead : leads) occasions.push_back({lead, 0, moment(reference - days(lead))});
  // What is open under a condition is told and left alone: nobody is pressed to meet it.
  if (policy.repeat_days() <= 0 || leads.empty() || IsConditional(deadline, policy)) {
    return occasions;
  }
  Occasion last;
  for (int repeat = 1; repeat <= kMaxRepeats; ++repeat) {
    const Day day = reference + days(RepeatDay(policy, deadline.kind(), repeat));
    Occasion occasion{leads.back(), repeat, moment(day)};
    if (occasion.due > now) {
      if (last.repeat > 0) occasions.push_back(last);
      occasions.push_back(occasion);
      return occasions;
    }
    last = occasion;
  }
  occasions.push_back(last);
  return occasions;
}

absl::Time DigestMoment(const v1::Subscription& subscription, bool weekly,
                        const civil::WorkingDays& working, absl::Time from) {
  const absl::TimeZone zone = Zone(subscription.time_zone());
  const int hour = HourOf(subscription);
  Day day = LocalDay(from, zone);
  if (weekly) {
    // The first working day of this week may still be ahead.
    day -= std::chrono::weekday(day) - std::chrono::Monday;
  }
  for (;; day += days(weekly ? 7 : 1)) {
    const Day working_day = working.RollForward(day).day;
    const absl::Time moment = LocalMoment(working_day, hour, zone);
    if (moment >= from) return moment;
  }
}

bool IsWeeklyDigest(const v1::Subscription& subscription, const civil::WorkingDays& working,
                    Day day) {
  const absl::TimeZone zone = Zone(subscription.time_zone());
  const absl::Time moment = LocalMoment(day, HourOf(subscription), zone);
  return LocalDay(DigestMoment(subscription, true, working, moment), zone) == day;
}

}  // namespace vigil::alert
