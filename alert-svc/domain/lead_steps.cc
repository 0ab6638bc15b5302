#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "alert-svc/domain/plan_parts.h"

namespace vigil::alert {
namespace {

std::string AlertOf(const Addressee& to, int step) {
  return AlertId(to.deadline().name(), to.deadline().earliest(), to.deadline().latest(), step);
}

// Whether an occasion is not owed any more: told later than it, silenced, or acted on.
bool IsMoot(const Addressee& to, const Occasion& occasion, absl::Time covered) {
  if (occasion.due <= covered) return true;
  if (!to.actions().any() && to.history().finals.empty()) return false;
  const std::string alert = AlertOf(to, occasion.step);
  if (to.actions().IsAcknowledged(alert)) return true;
  if (to.actions().IsHandedOn(alert, to.receiver())) return true;
  auto snoozed = to.actions().snoozed.find(alert);
  if (snoozed != to.actions().snoozed.end() && occasion.due < snoozed->second.until) return true;
  return to.history().IsClosed(ReminderId(alert, to.receiver(), 0, occasion.repeat));
}

// An alert that was put off speaks again when its time is up.
void AddSnoozes(const Addressee& to, std::vector<Occasion>& occasions) {
  if (to.actions().snoozed.empty()) return;
  std::vector<Occasion> extra;
  for (const Occasion& occasion : occasions) {
    if (occasion.repeat != 0) continue;
    auto snoozed = to.actions().snoozed.find(AlertOf(to, occasion.step));
    if (snoozed == to.actions().snoozed.end() || snoozed->second.until < occasion.due) continue;
    extra.push_back({occasion.step, kSnoozeRepeat + snoozed->second.count, snoozed->second.until});
  }
  occasions.insert(occasions.end(), extra.begin(), extra.end());
}

// A limit of 48 or 72 hours: every hour before it, as part of the alert of the day itself.
void AddHours(const Addressee& to, std::vector<Occasion>& occasions) {
  absl::Time end;
  if (to.policy().hourly_within_hours() <= 0 || to.deadline().earliest_time().empty() ||
      !absl::ParseTime(absl::RFC3339_full, to.deadline().earliest_time(), &end, nullptr)) {
    return;
  }
  const int most = std::min(to.policy().hourly_within_hours(), kSnoozeRepeat - kHourlyRepeat - 1);
  for (int left = most; left > 0; --left) {
    occasions.push_back({0, kHourlyRepeat + left, end - absl::Hours(left)});
  }
}

std::vector<Occasion> OpenOccasions(const Addressee& to) {
  std::vector<Occasion> occasions =
      Occasions(to.deadline(), to.policy(), to.subscription(), to.days(), to.context().now);
  AddHours(to, occasions);
  AddSnoozes(to, occasions);
  const civil::Day silent = SilentUntil(to.view(), to.own());
  // From then on it is a later day wherever one is.
  const absl::Time over = LocalMoment(silent + std::chrono::days(2), 0, absl::UTCTimeZone());
  std::erase_if(occasions, [&](const Occasion& o) {
    return o.due < over && LocalDay(o.due, to.zone()) <= silent;
  });
  std::stable_sort(occasions.begin(), occasions.end(),
                   [](const Occasion& a, const Occasion& b) { return a.due < b.due; });
  return occasions;
}

void EmitStep(const Addressee& to, const Occasion& occasion, std::vector<int> superseded,
              std::vector<Planned>& out) {
  Planned planned = to.Make(PlannedForm::kReminder, occasion.step, occasion.repeat);
  planned.superseded = std::move(superseded);
  const bool last_days = to.policy().alone_within_days() > 0 && occasion.repeat == 0 &&
                         occasion.step <= to.policy().alone_within_days();
  const bool put_off = occasion.repeat >= kSnoozeRepeat;  // somebody asked for this moment
  to.Emit(std::move(planned), occasion.due, to.AtOnce() || last_days || put_off, out);
}

// What was put off goes alone, and may be under way still when the digest of the step behind it is
// made: that digest is to know of the step.
void EmitIntoDigest(const Addressee& to, const Occasion& occasion, std::vector<Planned>& out) {
  std::vector<Planned> step;
  EmitStep(to, occasion, {}, step);
  std::erase_if(step, [](const Planned& p) { return p.channel != Channel::kDigest; });
  std::move(step.begin(), step.end(), std::back_inserter(out));
}

}  // namespace

void PlanSteps(const Addressee& to, absl::Time covered, std::vector<Planned>& out) {
  std::optional<Occasion> newest;
  std::vector<Occasion> ahead;  // the next one and, where it was put off, up to the next step
  std::vector<int> superseded;
  // What a silence holds back will be past when it ends.
  const absl::Time past = to.AfterSilence(to.receiver(), to.context().now);
  for (const Occasion& occasion : OpenOccasions(to)) {
    if (IsMoot(to, occasion, covered)) continue;
    if (occasion.due > past) {
      ahead.push_back(occasion);
      if (occasion.repeat < kSnoozeRepeat) break;
      continue;
    }
    if (newest && newest->repeat == 0) superseded.push_back(newest->step);
    newest = occasion;
  }
  if (newest) EmitStep(to, *newest, std::move(superseded), out);
  if (!ahead.empty()) EmitStep(to, ahead.front(), {}, out);
  if (ahead.size() > 1) EmitIntoDigest(to, ahead.back(), out);
}

}  // namespace vigil::alert
