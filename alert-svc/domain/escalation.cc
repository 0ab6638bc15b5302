#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/plan_parts.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

// An escalation that is so late is about a message nobody waits for an answer to any more.
constexpr absl::Duration kStaleEscalation = absl::Hours(24 * 7);

// Of a message that comes every hour: the first of them, or nobody would ever wait long enough.
const Receipt* FirstOf(const Addressee& to, const Receipt& base) {
  const Receipt* first = &base;
  for (const auto& [id, receipt] : to.history().finals) {
    if (receipt->alert() != base.alert() || receipt->level() != 0 || !IsTold(*receipt)) continue;
    if (TimeOf(receipt->time()) < TimeOf(first->time())) first = receipt;
  }
  return first;
}

// The last message about the present dates that should have been answered.
const Receipt* BaseOf(const Addressee& to) {
  const Receipt* base = to.told();
  for (const auto& [id, receipt] : to.history().finals) {
    if (receipt->kind() != Receipt::KIND_DEAD || receipt->level() != 0) continue;
    if (receipt->earliest() != to.deadline().earliest()) continue;
    if (!base || TimeOf(receipt->time()) > TimeOf(base->time())) base = receipt;
  }
  return base && base->repeat() >= kHourlyRepeat && base->repeat() < kSnoozeRepeat
             ? FirstOf(to, *base)
             : base;
}

// The hours after which an alert escalates: as the policy said when it started, which its first
// receipt to anybody keeps; as it says now where none does.
int HoursOf(const Addressee& to, const std::string& alert) {
  const Receipt* first = nullptr;
  for (const Receipt& receipt : *to.own().receipts) {
    if (receipt.alert() != alert || !receipt.has_escalate_after_hours()) continue;
    if (!first || std::make_pair(TimeOf(receipt.time()), std::string_view(receipt.id())) <
                      std::make_pair(TimeOf(first->time()), std::string_view(first->id()))) {
      first = &receipt;
    }
  }
  return first ? first->escalate_after_hours() : to.policy().escalate_after_hours();
}

// When somebody should have answered what was told, or at once where it could not be delivered.
absl::Time TimeAfter(const Addressee& to, const Receipt& receipt, int hours) {
  const absl::Time time = TimeOf(receipt.time());
  if (receipt.kind() == Receipt::KIND_DEAD) return time;
  if (hours > 0) return time + absl::Hours(hours);
  const civil::Day day = LocalDay(time, to.zone());
  const civil::Day next = to.days().AddWorkingDays(day, 1);
  return time + absl::Hours(24) * civil::DaysBetween(day, next);
}

bool IsAnswered(const Addressee& to, const Receipt& base) {
  if (base.step() >= kMovedStep || to.actions().IsAcknowledged(base.alert())) return true;
  if (to.actions().IsHandedOn(base.alert(), to.receiver())) return true;
  auto snoozed = to.actions().snoozed.find(base.alert());
  return snoozed != to.actions().snoozed.end() && TimeOf(base.time()) < snoozed->second.until;
}

// The one level to one receiver. Returns the receipt that ended it, null where it is still owed or
// stale.
const Receipt* PlanOne(const Addressee& to, const Receipt& base, const std::string& receiver,
                       int level, absl::Time due, std::vector<Planned>& out) {
  Planned planned = to.Make(PlannedForm::kReminder, base.step(), base.repeat());
  planned.receiver = receiver;
  planned.level = level;
  planned.id = ReminderId(planned.alert, receiver, level, base.repeat());
  const History others(*to.own().receipts, receiver);
  if (auto it = others.finals.find(planned.id); it != others.finals.end()) return it->second;
  const bool tried = others.failed.contains(planned.id);
  // After a long outage the next step says more; what was tried goes up its ladder.
  if (to.context().now - due > kStaleEscalation && !tried) return nullptr;
  planned.due = to.AfterSilence(receiver, others.NotBefore(planned.id, due));
  if (tried) planned.attempts = others.failed.at(planned.id).attempts;
  out.push_back(std::move(planned));
  return nullptr;
}

}  // namespace

absl::Time PlanEscalation(const Addressee& to, std::vector<Planned>& out) {
  constexpr absl::Time kNever = absl::InfiniteFuture();
  const Receipt* base = BaseOf(to);
  if (!base || base->digest() == SummaryId(to.subscription().name())) return kNever;
  if (IsAnswered(to, *base)) return kNever;
  const int hours = HoursOf(to, base->alert());
  if (hours < 0) return kNever;
  const auto& team = to.subscription().team();
  const std::vector<std::vector<std::string>> levels = {{to.subscription().stand_in()},
                                                        {team.begin(), team.end()}};
  const Receipt* last = base;
  int level = 0;
  for (const std::vector<std::string>& receivers : levels) {
    const absl::Time due = TimeAfter(to, *last, hours);
    const Receipt* ended = nullptr;
    bool anybody = false;
    for (const std::string& receiver : receivers) {
      if (!to.context().settings.FindReceiver(receiver)) continue;
      if (IsHandOver(*base) && receiver == to.receiver()) continue;  // who holds it knows
      if (!std::exchange(anybody, true)) ++level;
      const Receipt* own = PlanOne(to, *base, receiver, level, due, out);
      if (own && (!ended || TimeOf(own->time()) > TimeOf(ended->time()))) ended = own;
    }
    if (anybody && !ended) return kNever;  // they have the word now
    if (ended) last = ended;
  }
  return level > 0 ? kNever : TimeAfter(to, *base, hours);
}

}  // namespace vigil::alert
