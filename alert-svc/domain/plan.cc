#include "alert-svc/domain/plan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"

namespace vigil::alert {
namespace {

using civil::Day;
using registry::v1::Deadline;
using registry::v1::Receipt;
using std::chrono::days;

constexpr int kUrgentChangeDays = 14;
// A limit that passed so lately is told at once even in a first import: somebody may be held
// without ground right now.
constexpr int kFreshlyPassedDays = 7;
// An escalation that is so late is about a message nobody waits for an answer to any more.
constexpr absl::Duration kStaleEscalation = absl::Hours(24 * 7);
constexpr int kSnoozeRepeat = 900;  // repeats from here on are snoozes that ran out

Day DayOf(const std::string& text) { return civil::ParseDay(text).value_or(Day{}); }

// Plans one deadline for one receiver.
class DeadlinePlan {
 public:
  DeadlinePlan(const CaseView& view, const DeadlineView& own, const Listener& listener,
               const v1::Policy& policy, const Actions& actions, const PlanContext& context,
               bool for_stand_in)
      : view_(view),
        own_(own),
        deadline_(*own.deadline),
        subscription_(*listener.subscription),
        receiver_(listener.receiver->name()),
        policy_(policy),
        actions_(actions),
        context_(context),
        for_stand_in_(for_stand_in),
        history_(*own.receipts, receiver_),
        today_(LocalDay(context.now, Zone(subscription_.time_zone()))) {}

  void Run(std::vector<Planned>& out) {
    const bool gone = own_.gone || deadline_.state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
    if (gone) return PlanWithdrawn(out);
    if (IsClosed(deadline_) || !MaySpeak(view_, deadline_, today_)) return;
    if (policy_.channel() == v1::Policy::CHANNEL_NEVER) return;
    if (IsOvertaken(view_, own_, today_)) return;
    if (!LeadsItsGroup(view_, own_, receiver_, today_)) return;
    const bool moved = DatesDiffer();
    PlanSteps(moved ? PlanMoved(out) : ToldSince(), out);
    if (!moved) PlanEscalation(out);
  }

 private:
  const Receipt* told() const { return history_.last_told; }

  bool DatesDiffer() const {
    return told() &&
           (told()->earliest() != deadline_.earliest() || told()->latest() != deadline_.latest() ||
            told()->deadline_state() == registry::v1::DEADLINE_STATE_WITHDRAWN);
  }

  Planned Make(PlannedForm form, int alert_step, int repeat) const {
    Planned planned;
    planned.form = form;
    const bool old_dates = form == PlannedForm::kWithdrawn;
    planned.earliest = old_dates ? told()->earliest() : deadline_.earliest();
    planned.latest = old_dates ? told()->latest() : deadline_.latest();
    planned.deadline = deadline_.name();
    planned.receiver = receiver_;
    planned.subscription = subscription_.name();
    planned.step = alert_step;
    planned.repeat = repeat;
    planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, alert_step);
    planned.id = ReminderId(planned.alert, receiver_, 0, repeat);
    return planned;
  }

  // Sets how and when it goes out, and keeps it unless it is done with.
  void Emit(Planned planned, absl::Time due, bool urgent, std::vector<Planned>& out) const {
    if (history_.IsClosed(planned.id)) return;
    if (auto it = history_.failed.find(planned.id); it != history_.failed.end()) {
      planned.attempts = it->second.attempts;
    }
    planned.due = due;
    planned.channel = Channel::kSingle;
    const bool past = due <= context_.now;
    if (for_stand_in_) {
      // Alone, at once.
    } else if (past && due <= SummaryUntil() && SummaryOwed() && !StillUrgent()) {
      planned.channel = Channel::kSummary;
    } else if (!urgent && !subscription_.no_digest()) {
      if (subscription_.urgent_only()) return;
      planned.channel = Channel::kDigest;
      planned.due = DigestDue(due, planned);
      const Day day = LocalDay(planned.due, Zone(subscription_.time_zone()));
      const Day reference = ReferenceDay(deadline_);
      if (past && reference >= today_ && reference < day) {
        planned.channel = Channel::kSingle;  // it would come too late
        planned.due = due;
      }
    }
    if (planned.channel == Channel::kSingle) {
      planned.due = history_.NotBefore(planned.id, planned.due);
    }
    out.push_back(std::move(planned));
  }

  bool SummaryOwed() const { return !context_.delivered.contains(SummaryId(subscription_.name())); }

  // The summary is for what was past already when the case or the subscription came in.
  absl::Time SummaryUntil() const {
    return std::max(context_.settings.Since(subscription_.name()), view_.came_in);
  }

  bool AtOnce() const { return policy_.channel() == v1::Policy::CHANNEL_AT_ONCE; }

  bool StillUrgent() const {
    return AtOnce() && DayOf(deadline_.latest()) + days(kFreshlyPassedDays) >= today_;
  }

  // The first digest, at or after `due` and not out yet, that is not hopelessly late.
  absl::Time DigestDue(absl::Time due, const Planned& planned) const {
    // "Open, not filed" is Monday's, whatever the leads are.
    const bool weekly = policy_.channel() == v1::Policy::CHANNEL_WEEKLY || planned.repeat > 0;
    const int step = planned.step;
    const absl::TimeZone zone = Zone(subscription_.time_zone());
    absl::Time from = due;
    if (due <= context_.now) {
      from = std::max({due, own_.known_since, context_.now - context_.grace});
    }
    for (;;) {
      absl::Time moment = DigestMoment(subscription_, weekly, context_.days, from);
      if (weekly && step >= 0 && LocalDay(moment, zone) > ReferenceDay(deadline_) &&
          LocalDay(due, zone) <= ReferenceDay(deadline_)) {
        moment = DigestMoment(subscription_, false, context_.days, from);
      }
      const std::string day = civil::FormatDay(LocalDay(moment, zone));
      if (!context_.delivered.contains(DigestId(subscription_.name(), day))) return moment;
      from = moment + absl::Minutes(1);
    }
  }

  bool Within(const std::string& date, int span) const {
    const int away = civil::DaysBetween(today_, DayOf(date));
    return away >= -span && away <= span;
  }

  void PlanChange(Planned planned, std::vector<Planned>& out) const {
    const bool urgent = AtOnce() || Within(told()->earliest(), kUrgentChangeDays) ||
                        Within(deadline_.earliest(), kUrgentChangeDays);
    const bool known = own_.known_since > absl::InfinitePast();
    Emit(std::move(planned), known ? own_.known_since : context_.now, urgent, out);
  }

  void PlanWithdrawn(std::vector<Planned>& out) const {
    if (!told() || told()->deadline_state() == registry::v1::DEADLINE_STATE_WITHDRAWN) return;
    Planned notice = Make(PlannedForm::kWithdrawn, kWithdrawnStep, history_.notices);
    if (!actions_.IsAcknowledged(notice.alert)) PlanChange(std::move(notice), out);
  }

  // Plans the notice of new dates. Returns up to when steps are not owed: the notice stands for
  // those that are past under the new dates, until it is told, acknowledged or given up.
  absl::Time PlanMoved(std::vector<Planned>& out) const {
    Planned notice = Make(PlannedForm::kMoved, kMovedStep, history_.notices);
    if (auto it = actions_.acknowledged.find(notice.alert); it != actions_.acknowledged.end()) {
      return it->second;
    }
    if (history_.IsClosed(notice.id)) return absl::InfinitePast();
    PlanChange(std::move(notice), out);
    return context_.now;
  }

  // When the receiver was told of the present dates last.
  absl::Time ToldSince() const { return told() ? TimeOf(told()->time()) : absl::InfinitePast(); }

  // Whether an occasion is owed to nobody any more: told later than it, silenced, or acted on.
  bool IsMoot(const Occasion& occasion, absl::Time covered) const {
    if (occasion.due <= covered) return true;
    const std::string alert =
        AlertId(deadline_.name(), deadline_.earliest(), deadline_.latest(), occasion.step);
    if (actions_.IsAcknowledged(alert)) return true;
    auto snoozed = actions_.snoozed.find(alert);
    if (snoozed != actions_.snoozed.end() && occasion.due < snoozed->second.until) return true;
    return history_.IsClosed(ReminderId(alert, receiver_, 0, occasion.repeat));
  }

  std::vector<Occasion> OpenOccasions() const {
    std::vector<Occasion> occasions =
        Occasions(deadline_, policy_, subscription_, context_.days, context_.now);
    AddSnoozes(occasions);
    const Day silent = SilentUntil(view_, own_);
    const absl::TimeZone zone = Zone(subscription_.time_zone());
    std::erase_if(occasions, [&](const Occasion& o) { return LocalDay(o.due, zone) <= silent; });
    std::stable_sort(occasions.begin(), occasions.end(),
                     [](const Occasion& a, const Occasion& b) { return a.due < b.due; });
    return occasions;
  }

  // An alert that was put off speaks again when its time is up.
  void AddSnoozes(std::vector<Occasion>& occasions) const {
    std::vector<Occasion> extra;
    for (const Occasion& occasion : occasions) {
      if (occasion.repeat != 0) continue;
      auto snoozed = actions_.snoozed.find(
          AlertId(deadline_.name(), deadline_.earliest(), deadline_.latest(), occasion.step));
      if (snoozed == actions_.snoozed.end() || snoozed->second.until < occasion.due) continue;
      extra.push_back(
          {occasion.step, kSnoozeRepeat + snoozed->second.count, snoozed->second.until});
    }
    occasions.insert(occasions.end(), extra.begin(), extra.end());
  }

  void PlanSteps(absl::Time covered, std::vector<Planned>& out) {
    std::optional<Occasion> newest, next;
    std::vector<int> superseded;
    for (const Occasion& occasion : OpenOccasions()) {
      if (IsMoot(occasion, covered)) continue;
      if (occasion.due > context_.now) {
        next = occasion;
        break;
      }
      if (newest && newest->repeat == 0) superseded.push_back(newest->step);
      newest = occasion;
    }
    if (newest) EmitStep(*newest, std::move(superseded), out);
    if (next) EmitStep(*next, {}, out);
  }

  void EmitStep(const Occasion& occasion, std::vector<int> superseded, std::vector<Planned>& out) {
    Planned planned = Make(PlannedForm::kReminder, occasion.step, occasion.repeat);
    planned.superseded = std::move(superseded);
    const bool last_days = policy_.alone_within_days() > 0 && occasion.repeat == 0 &&
                           occasion.step <= policy_.alone_within_days();
    const bool put_off = occasion.repeat >= kSnoozeRepeat;  // somebody asked for this moment
    Emit(std::move(planned), occasion.due, AtOnce() || last_days || put_off, out);
  }

  // Silence, and a message that could not be delivered, go on to the stand-in.
  void PlanEscalation(std::vector<Planned>& out) const {
    const std::string& stand_in = subscription_.stand_in();
    if (stand_in.empty() || policy_.escalate_after_hours() < 0) return;
    if (!context_.settings.FindReceiver(stand_in)) return;
    const Receipt* base = EscalationBase();
    if (!base || base->digest() == SummaryId(subscription_.name())) return;
    if (base->step() >= kMovedStep || actions_.IsAcknowledged(base->alert())) return;
    auto snoozed = actions_.snoozed.find(base->alert());
    if (snoozed != actions_.snoozed.end() && TimeOf(base->time()) < snoozed->second.until) return;
    Planned planned = Make(PlannedForm::kReminder, base->step(), base->repeat());
    planned.receiver = stand_in;
    planned.level = 1;
    planned.id = ReminderId(planned.alert, stand_in, 1, base->repeat());
    const History others(*own_.receipts, stand_in);
    if (others.IsClosed(planned.id)) return;
    const absl::Time due = EscalationTime(*base);
    // After a long outage the next step says more; what was tried goes up its ladder.
    if (context_.now - due > kStaleEscalation && !others.failed.contains(planned.id)) return;
    planned.due = others.NotBefore(planned.id, due);
    if (auto it = others.failed.find(planned.id); it != others.failed.end()) {
      planned.attempts = it->second.attempts;
    }
    out.push_back(std::move(planned));
  }

  // The last message about the present dates that should have been answered.
  const Receipt* EscalationBase() const {
    const Receipt* base = told();
    for (const auto& [id, receipt] : history_.finals) {
      if (receipt->kind() != Receipt::KIND_DEAD || receipt->level() != 0) continue;
      if (receipt->earliest() != deadline_.earliest()) continue;
      if (!base || TimeOf(receipt->time()) > TimeOf(base->time())) base = receipt;
    }
    return base;
  }

  absl::Time EscalationTime(const Receipt& base) const {
    const absl::Time time = TimeOf(base.time());
    if (base.kind() == Receipt::KIND_DEAD) return time;
    if (policy_.escalate_after_hours() > 0)
      return time + absl::Hours(policy_.escalate_after_hours());
    const absl::TimeZone zone = Zone(subscription_.time_zone());
    const Day day = LocalDay(time, zone);
    const Day next = context_.days.AddWorkingDays(day, 1);
    return time + absl::Hours(24) * civil::DaysBetween(day, next);
  }

  const CaseView& view_;
  const DeadlineView& own_;
  const Deadline& deadline_;
  const v1::Subscription& subscription_;
  const std::string& receiver_;
  const v1::Policy& policy_;
  const Actions& actions_;
  const PlanContext& context_;
  const bool for_stand_in_;  // of the subscription's receiver, whose digests go to that one alone
  const History history_;
  const Day today_;
};

// Stand-ins who were told by an escalation and follow nothing themselves hear of changes.
std::vector<Listener> WithToldStandIns(std::vector<Listener> listeners, const DeadlineView& own,
                                       const Settings& settings) {
  std::vector<Listener> stand_ins;
  for (const Listener& listener : listeners) {
    const v1::Receiver* receiver = settings.FindReceiver(listener.subscription->stand_in());
    if (!receiver) continue;
    auto is_receiver = [&](const Listener& l) { return l.receiver == receiver; };
    if (std::any_of(listeners.begin(), listeners.end(), is_receiver)) continue;
    if (std::any_of(stand_ins.begin(), stand_ins.end(), is_receiver)) continue;
    if (History(*own.receipts, receiver->name()).last_told) {
      stand_ins.push_back({listener.subscription, receiver});
    }
  }
  return stand_ins;
}

}  // namespace

std::string SummaryId(std::string_view subscription) { return DigestId(subscription, "summary"); }

std::vector<Planned> PlanCase(const CaseView& view, const PlanContext& context) {
  std::vector<Planned> out;
  for (const DeadlineView& own : view.deadlines) {
    const v1::Policy* policy = context.settings.PolicyFor(own.deadline->kind());
    if (!policy) continue;
    const std::vector<Listener> listeners = Audience(view, *own.deadline, context.settings);
    if (listeners.empty()) continue;
    const Actions actions(*own.receipts);
    for (const Listener& listener : listeners) {
      DeadlinePlan(view, own, listener, *policy, actions, context, false).Run(out);
    }
    for (const Listener& listener : WithToldStandIns(listeners, own, context.settings)) {
      std::vector<Planned> all;
      DeadlinePlan(view, own, listener, *policy, actions, context, true).Run(all);
      for (Planned& planned : all) {
        if (planned.form != PlannedForm::kReminder) out.push_back(std::move(planned));
      }
    }
  }
  return out;
}

Receipt ReceiptOf(const Planned& planned, std::string_view parent, registry::v1::DeadlineKind kind,
                  Receipt::Kind outcome, absl::Time time) {
  Receipt receipt;
  receipt.set_kind(outcome);
  receipt.set_parent(std::string(parent));
  receipt.set_deadline(planned.deadline);
  receipt.set_alert(planned.alert);
  receipt.set_reminder(planned.id);
  receipt.set_receiver(planned.receiver);
  receipt.set_earliest(planned.earliest);
  receipt.set_latest(planned.latest);
  receipt.set_step(planned.step);
  receipt.set_level(planned.level);
  receipt.set_repeat(planned.repeat);
  receipt.set_attempts(planned.attempts + 1);
  receipt.set_deadline_kind(kind);
  if (planned.form == PlannedForm::kWithdrawn) {
    receipt.set_deadline_state(registry::v1::DEADLINE_STATE_WITHDRAWN);
  }
  *receipt.mutable_time() = ToProto(time);
  receipt.set_id(ReceiptId(planned.id, outcome, receipt.attempts()));
  return receipt;
}

std::vector<Planned> Forecast(CaseView view, const PlanContext& context, absl::Time until) {
  std::map<std::string, std::vector<Receipt>> receipts;
  std::map<std::string, registry::v1::DeadlineKind> kinds;
  for (DeadlineView& own : view.deadlines) {
    auto& copy = receipts[own.deadline->name()] = *own.receipts;
    own.receipts = &copy;
    kinds[own.deadline->name()] = own.deadline->kind();
  }
  std::set<std::string, std::less<>> delivered = context.delivered;
  PlanContext at{context.settings, context.days, delivered, context.now, context.grace};
  std::vector<Planned> all;
  for (;;) {
    std::vector<Planned> planned = PlanCase(view, at);
    std::erase_if(planned, [&](const Planned& p) { return p.due > until; });
    if (planned.empty()) return all;
    absl::Time due = absl::InfiniteFuture();
    for (const Planned& p : planned) due = std::min(due, p.due);
    at.now = std::max(at.now, due);
    for (Planned& p : planned) {
      if (p.due > at.now) continue;
      const bool single = p.channel == Channel::kSingle;
      Receipt receipt = ReceiptOf(p, view.name, kinds[p.deadline],
                                  single ? Receipt::KIND_SENT : Receipt::KIND_IN_DIGEST, at.now);
      if (p.channel == Channel::kSummary) receipt.set_digest(SummaryId(p.subscription));
      receipts[p.deadline].push_back(std::move(receipt));
      all.push_back(std::move(p));
    }
    for (const Planned& p : all) {
      if (p.channel == Channel::kSummary) delivered.insert(SummaryId(p.subscription));
    }
  }
}

}  // namespace vigil::alert
