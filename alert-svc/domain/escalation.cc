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

bool IsAboutToday(const Addressee& to, const Receipt& receipt) {
  return receipt.earliest() == to.deadline().earliest() &&
         receipt.latest() == to.deadline().latest();
}

// The last receipt of a kind about a lead to the present dates; `after` where none is later.
const Receipt* LastOf(const Addressee& to, Receipt::Kind kind, const Receipt* after) {
  for (const Receipt& receipt : *to.own().receipts) {
    if (receipt.kind() != kind || receipt.receiver() != to.receiver()) continue;
    if (receipt.level() != 0 || receipt.step() >= kMovedStep) continue;
    if (!IsAboutToday(to, receipt)) continue;
    if (!after || TimeOf(receipt.time()) > TimeOf(after->time())) after = &receipt;
  }
  return after;
}

bool IsHourly(const Receipt& receipt) {
  return receipt.repeat() >= kHourlyRepeat && receipt.repeat() < kSnoozeRepeat;
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

// When somebody should have answered what was first told, or first failed, at `time`.
absl::Time AnsweredBy(const Addressee& to, absl::Time time, int hours) {
  if (hours > 0) return time + absl::Hours(hours);
  const civil::Day day = LocalDay(time, to.zone());
  const civil::Day next = to.days().AddWorkingDays(day, 1);
  return time + absl::Hours(24) * civil::DaysBetween(day, next);
}

// When what one receiver was sent goes on to the next level, if nobody answers: the clock starts
// with the first attempt that came through or failed, and what is given up goes on at once.
// InfiniteFuture where nothing was tried.
absl::Time GoesOnAt(const Addressee& to, const std::string& receiver, const std::string& reminder,
                    int hours) {
  absl::Time at = absl::InfiniteFuture();
  for (const Receipt& receipt : *to.own().receipts) {
    if (receipt.reminder() != reminder || receipt.receiver() != receiver) continue;
    const absl::Time time = TimeOf(receipt.time());
    if (receipt.kind() == Receipt::KIND_DEAD) at = std::min(at, time);
    if (receipt.kind() == Receipt::KIND_FAILED || IsTold(receipt)) {
      at = std::min(at, AnsweredBy(to, time, hours));
    }
  }
  return at;
}

bool IsAnswered(const Addressee& to, const Receipt& base) {
  if (base.step() >= kMovedStep || to.actions().IsAcknowledged(base.alert())) return true;
  if (to.actions().IsHandedOn(base.alert(), to.receiver())) return true;
  auto snoozed = to.actions().snoozed.find(base.alert());
  return snoozed != to.actions().snoozed.end() && TimeOf(base.time()) < snoozed->second.until;
}

// The receiver has heard nothing since this failed, and nobody answered it: a newer lead in its
// place waits for no clock of its own.
bool IsUnheard(const Addressee& to, const Receipt& receipt) {
  return receipt.kind() == Receipt::KIND_FAILED && receipt.receiver() == to.receiver() &&
         receipt.level() == 0 && receipt.step() < kMovedStep && IsAboutToday(to, receipt) &&
         !(to.told() && TimeOf(to.told()->time()) >= TimeOf(receipt.time())) &&
         !IsAnswered(to, receipt);
}

// When the base goes on to the first level. Of what comes every hour the first message counts, or
// nobody would ever wait long enough; of leads that failed one after the other the first failure
// does, but what never was tried does not go on.
absl::Time FirstDue(const Addressee& to, const Receipt& base, int hours) {
  absl::Time due = GoesOnAt(to, to.receiver(), base.reminder(), hours);
  absl::Time tried = TimeOf(base.time());
  for (const Receipt& receipt : *to.own().receipts) {
    if (receipt.receiver() != to.receiver() || receipt.level() != 0) continue;
    const bool tells = receipt.kind() == Receipt::KIND_FAILED || IsTold(receipt);
    const absl::Time time = TimeOf(receipt.time());
    if (receipt.reminder() == base.reminder() && tells) tried = std::min(tried, time);
    const bool hour = IsHourly(base) && receipt.alert() == base.alert() && tells;
    if (hour || IsUnheard(to, receipt)) due = std::min(due, AnsweredBy(to, time, hours));
  }
  // What came through when that was stale begins anew.
  if (IsTold(base) && TimeOf(base.time()) - due > kStaleEscalation) {
    due = AnsweredBy(to, TimeOf(base.time()), hours);
  }
  // What came through late goes on from then, and is as fresh.
  return std::max(due, IsTold(base) ? TimeOf(base.time()) : tried);
}

// The one level to one receiver. Returns when it goes on from there; InfiniteFuture where nothing
// came of it yet.
absl::Time PlanOne(const Addressee& to, const Receipt& base, const std::string& receiver, int level,
                   absl::Time due, int hours, std::vector<Planned>& out) {
  Planned planned = to.Make(PlannedForm::kReminder, base.step(), base.repeat());
  planned.receiver = receiver;
  planned.level = level;
  planned.id = ReminderId(planned.alert, receiver, level, base.repeat());
  const absl::Time goes_on = GoesOnAt(to, receiver, planned.id, hours);
  const History others(*to.own().receipts, receiver);
  if (others.IsClosed(planned.id)) return goes_on;
  const bool tried = others.failed.contains(planned.id);
  // After a long outage the next step says more; what was tried goes up its ladder.
  if (to.context().now - due > kStaleEscalation && !tried) return goes_on;
  planned.due =
      to.AfterQuiet(receiver, to.AfterSilence(receiver, others.NotBefore(planned.id, due)));
  if (tried) planned.attempts = others.failed.at(planned.id).attempts;
  out.push_back(std::move(planned));
  return goes_on;
}

// What one message comes to. Returns as PlanEscalation.
absl::Time PlanFrom(const Addressee& to, const Receipt& base, std::vector<Planned>& out) {
  constexpr absl::Time kNever = absl::InfiniteFuture();
  if (base.digest() == SummaryId(to.subscription().name())) return kNever;
  if (IsAnswered(to, base)) return kNever;
  const int hours = HoursOf(to, base.alert());
  if (hours < 0) return kNever;
  const auto& team = to.subscription().team();
  const std::vector<std::vector<std::string>> levels = {{to.subscription().stand_in()},
                                                        {team.begin(), team.end()}};
  const absl::Time first = FirstDue(to, base, hours);
  absl::Time due = first;
  int level = 0;
  for (const std::vector<std::string>& receivers : levels) {
    absl::Time goes_on = kNever;
    bool anybody = false;
    for (const std::string& receiver : receivers) {
      if (!to.context().settings.FindReceiver(receiver)) continue;
      if (IsHandOver(base) && receiver == to.receiver()) continue;  // who holds it knows
      if (!std::exchange(anybody, true)) ++level;
      goes_on = std::min(goes_on, PlanOne(to, base, receiver, level, due, hours, out));
    }
    if (anybody && goes_on == kNever) return kNever;  // they have the word now
    if (anybody) due = goes_on;
  }
  return level > 0 ? kNever : first;
}

}  // namespace

// What was told last, or given up, waits for its answer also while a newer lead fails: that one has
// a clock of its own.
absl::Time PlanEscalation(const Addressee& to, std::vector<Planned>& out) {
  const Receipt* told = to.DatesDiffer() ? nullptr : to.told();
  const Receipt* base = LastOf(to, Receipt::KIND_DEAD, told);
  const Receipt* failing = LastOf(to, Receipt::KIND_FAILED, base);
  absl::Time due = base ? PlanFrom(to, *base, out) : absl::InfiniteFuture();
  if (failing != base) due = std::min(due, PlanFrom(to, *failing, out));
  return due;
}

}  // namespace vigil::alert
