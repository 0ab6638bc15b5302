#include "alert-svc/domain/plan.h"

#include <algorithm>
#include <map>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/plan_parts.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

bool IsGone(const Addressee& to) {
  return to.own().gone || to.deadline().state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
}

// Of what stands: whether this receiver hears of it at all.
bool MayHear(const Addressee& to) { return !IsClosed(to.deadline()) && to.SpeaksOn(to.today()); }

void PlanFor(const Addressee& to, std::vector<Planned>& out) {
  const bool gone = IsGone(to);
  if (!gone && IsClosed(to.deadline())) return;
  const absl::Time handed = PlanHandOver(to, gone, out);
  if (gone) return PlanWithdrawn(to, out);
  const bool moved = to.DatesDiffer();
  // Who was told the old dates hears of the new ones, also where nothing else is said any more.
  const absl::Time covered = moved ? PlanMoved(to, out) : absl::InfinitePast();
  if (!MayHear(to)) return;
  if (to.policy().channel() == v1::Policy::CHANNEL_NEVER) {
    // It may have spoken before: what has started goes on.
    if (!moved) PlanEscalation(to, out);
    return;
  }
  if (moved) {
    PlanSteps(to, covered, out);
    PlanEscalation(to, out);
    return;
  }
  PlanSnoozedNotice(to, out);
  const absl::Time told = to.told() ? TimeOf(to.told()->time()) : absl::InfinitePast();
  PlanSteps(to, std::max(told, handed), out);
  PlanEscalation(to, out);
}

// Who follows nothing here and was drawn in: stand-ins and members of a team who were told by an
// escalation, and who was handed an alert. They hear of changes of what they were told; who holds
// an alert still, of that alert too.
class DrawnIn {
 public:
  DrawnIn(const std::vector<Listener>& listeners, const DeadlineView& own, const Actions& actions,
          const Settings& settings)
      : listeners_(listeners), own_(own), settings_(settings) {
    for (const Listener& listener : listeners) {
      AddTold(listener, listener.subscription->stand_in());
      for (const std::string& member : listener.subscription->team()) AddTold(listener, member);
    }
    for (const std::string& holder : actions.holders) Add(listeners.front(), holder);
  }
  const std::vector<Listener>& all() const { return all_; }

 private:
  void AddTold(const Listener& listener, const std::string& name) {
    const auto tells = [&](const Receipt& r) { return r.receiver() == name && IsTold(r); };
    if (std::any_of(own_.receipts->begin(), own_.receipts->end(), tells)) Add(listener, name);
  }
  void Add(const Listener& listener, const std::string& name) {
    const v1::Receiver* receiver = settings_.FindReceiver(name);
    const auto is_receiver = [&](const Listener& l) { return l.receiver == receiver; };
    if (!receiver || std::any_of(listeners_.begin(), listeners_.end(), is_receiver)) return;
    if (std::any_of(all_.begin(), all_.end(), is_receiver)) return;
    all_.push_back({listener.subscription, receiver});
  }

  const std::vector<Listener>& listeners_;
  const DeadlineView& own_;
  const Settings& settings_;
  std::vector<Listener> all_;
};

}  // namespace

const civil::WorkingDays& PlanContext::DaysOf(const v1::Subscription& subscription) const {
  if (!calendars || subscription.calendar().empty()) return days;
  auto it = calendars->find(subscription.calendar());
  return it == calendars->end() ? days : it->second;
}

std::string SummaryId(std::string_view subscription) { return DigestId(subscription, "summary"); }

void NotePolicy(const Settings& settings, const v1::Policy& policy, Planned& planned) {
  planned.escalate_after_hours = policy.escalate_after_hours();
  planned.policy_revision = settings.RevisionOf(policy);
}

std::vector<Planned> PlanCase(const CaseView& view, const PlanContext& context) {
  std::vector<Planned> out;
  for (const DeadlineView& own : view.deadlines) {
    if (own.gone && own.receipts->empty()) continue;  // nobody heard of it
    const v1::Policy* policy = context.settings.PolicyFor(SubjectOf(view, *own.deadline));
    if (!policy) continue;
    const std::vector<Listener> listeners = Audience(view, *own.deadline, context.settings);
    if (listeners.empty()) continue;
    const Actions actions(*own.receipts);
    for (const Listener& listener : listeners) {
      PlanFor({view, own, listener, *policy, actions, context, false}, out);
    }
    const DrawnIn others(listeners, own, actions, context.settings);
    for (const Listener& drawn : others.all()) {
      std::vector<Planned> all;
      PlanFor({view, own, drawn, *policy, actions, context, true}, all);
      for (Planned& planned : all) {
        const bool change = planned.form != PlannedForm::kReminder;
        if (change || actions.IsHeldBy(planned.alert, drawn.receiver->name())) {
          out.push_back(std::move(planned));
        }
      }
    }
  }
  return out;
}

std::vector<Unanswered> UnansweredOf(const CaseView& view, const PlanContext& context) {
  std::vector<Unanswered> unanswered;
  for (const DeadlineView& own : view.deadlines) {
    const v1::Policy* policy = context.settings.PolicyFor(SubjectOf(view, *own.deadline));
    if (!policy || own.receipts->empty()) continue;
    const Actions actions(*own.receipts);
    for (const Listener& listener : Audience(view, *own.deadline, context.settings)) {
      const Addressee to(view, own, listener, *policy, actions, context, false);
      if (IsGone(to) || !MayHear(to) || to.DatesDiffer()) continue;
      std::vector<Planned> others;
      const absl::Time since = PlanEscalation(to, others);
      if (since > context.now) continue;
      unanswered.push_back({own.deadline->name(), listener.receiver->name(), since});
    }
  }
  return unanswered;
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
  receipt.set_escalate_after_hours(planned.escalate_after_hours);
  receipt.set_policy_revision(planned.policy_revision);
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
  PlanContext at{context.settings, context.days,  delivered,        context.now,
                 context.grace,    context.tried, context.calendars};
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
