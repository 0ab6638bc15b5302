#include <algorithm>
#include <utility>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/plan_parts.h"

namespace vigil::alert {
namespace {

using civil::Day;

constexpr int kUrgentChangeDays = 14;

Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(Day{}); }

bool IsKnown(const Addressee& to) { return to.own().known_since > absl::InfinitePast(); }

// The day of the change. It stays, so that a notice on its way does not change its form.
Day DayOfChange(const Addressee& to) {
  return IsKnown(to) ? LocalDay(to.own().known_since, to.zone()) : to.today();
}

// The change came so near to a window, or in it. Where the State owes a reply, what is near is its
// last day: leads count from there too.
bool IsNear(const Addressee& to, const std::string& earliest, const std::string& latest) {
  const bool last_day = to.deadline().nature() == registry::v1::DEADLINE_NATURE_STATE_DUE;
  const Day first = DayOf(last_day ? latest : earliest);
  const Day day = DayOfChange(to);
  return civil::DaysBetween(day, first) <= kUrgentChangeDays &&
         civil::DaysBetween(DayOf(latest), day) <= kUrgentChangeDays;
}

bool IsUrgent(const Addressee& to) {
  return to.AtOnce() || IsNear(to, to.told()->earliest(), to.told()->latest()) ||
         IsNear(to, to.deadline().earliest(), to.deadline().latest());
}

// A notice is an alert of its own: that an alert of the dates before was put off does not hold back
// the news. Once somebody put the notice itself off, it comes to everybody who has not heard it yet
// when its time is up. Returns until when it stands for the steps of the new dates: one that was
// put off does not for those that have come since.
absl::Time EmitChange(const Addressee& to, Planned planned, std::vector<Planned>& out) {
  absl::Time due = IsKnown(to) ? to.own().known_since : to.context().now;
  absl::Time stands_until = to.context().now;
  bool put_off = false;
  if (auto it = to.actions().snoozed.find(planned.alert); it != to.actions().snoozed.end()) {
    put_off = it->second.until > due;
    due = std::max(due, it->second.until);
    if (put_off) stands_until = it->second.since;
  }
  to.Emit(std::move(planned), due, put_off || IsUrgent(to), out);
  return stands_until;
}

}  // namespace

void PlanWithdrawn(const Addressee& to, std::vector<Planned>& out) {
  if (!to.told()) return;
  if (to.told()->deadline_state() == registry::v1::DEADLINE_STATE_WITHDRAWN) {
    return PlanSnoozedNotice(to, out);
  }
  Planned notice = to.Make(PlannedForm::kWithdrawn, kWithdrawnStep, to.history().notices);
  if (!to.actions().IsAcknowledged(notice.alert)) EmitChange(to, std::move(notice), out);
}

absl::Time PlanMoved(const Addressee& to, std::vector<Planned>& out) {
  Planned notice = to.Make(PlannedForm::kMoved, kMovedStep, to.history().notices);
  const auto& acknowledged = to.actions().acknowledged;
  if (auto it = acknowledged.find(notice.alert); it != acknowledged.end()) return it->second;
  if (to.history().IsClosed(notice.id)) return absl::InfinitePast();
  return EmitChange(to, std::move(notice), out);
}

void PlanSnoozedNotice(const Addressee& to, std::vector<Planned>& out) {
  if (!to.told() || to.told()->step() < kMovedStep || to.actions().snoozed.empty()) return;
  const bool moved = to.told()->step() == kMovedStep;
  const PlannedForm form = moved ? PlannedForm::kMoved : PlannedForm::kWithdrawn;
  const Planned told = to.Make(form, to.told()->step(), 0);
  auto snoozed = to.actions().snoozed.find(told.alert);
  if (snoozed == to.actions().snoozed.end() || to.actions().IsAcknowledged(told.alert)) return;
  if (to.actions().IsHandedOn(told.alert, to.receiver())) return;
  if (TimeOf(to.told()->time()) >= snoozed->second.until) return;  // that was the time
  Planned again = to.Make(form, to.told()->step(), kSnoozeRepeat + snoozed->second.count);
  to.Emit(std::move(again), snoozed->second.until, true, out);
}

}  // namespace vigil::alert
