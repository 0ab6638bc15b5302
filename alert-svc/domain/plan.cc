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

bool IsGone(const DeadlineView& own) {
  return own.gone || own.deadline->state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
}

// Of what stands: whether this receiver hears of it at all.
bool MayHear(const Addressee& to) { return !IsClosed(to.deadline()) && to.SpeaksOn(to.today()); }

void PlanFor(const Addressee& to, std::vector<Planned>& out) {
  const bool gone = IsGone(to.own());
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

// What a receiver was told last no longer holds.
bool IsStale(const Receipt& told, const DeadlineView& own) {
  const bool told_gone = told.deadline_state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
  if (IsGone(own)) return !told_gone;
  return told_gone || told.earliest() != own.deadline->earliest() ||
         told.latest() != own.deadline->latest();
}

// What changed longer ago is no news to who follows it no more.
constexpr absl::Duration kNews = absl::Hours(24 * 31);

// Who does not follow the deadline, and was told of it: stand-ins and members of a team by an
// escalation, who was handed an alert, and whoever was any of that, or followed it, until a setting
// or the case changed. They hear of changes of what they were told; who holds an alert still, of
// that alert too.
class Others {
 public:
  Others(const std::vector<Listener>& listeners, const DeadlineView& own, const Actions& actions,
         const Settings& settings, absl::Time now)
      : listeners_(listeners), own_(own), settings_(settings) {
    for (const Listener& listener : listeners) {
      AddTold(*listener.subscription, listener.subscription->stand_in());
      for (const std::string& member : listener.subscription->team()) {
        AddTold(*listener.subscription, member);
      }
    }
    if (!listeners.empty()) {
      for (const std::string& holder : actions.holders) Add(*listeners[0].subscription, holder);
    }
    if (own.known_since >= now - kNews) AddLeft();
  }
  const std::vector<Listener>& all() const { return all_; }

 private:
  bool IsThere(const std::string& name) const {
    const auto is_receiver = [&](const Listener& l) { return l.receiver->name() == name; };
    return std::any_of(listeners_.begin(), listeners_.end(), is_receiver) ||
           std::any_of(all_.begin(), all_.end(), is_receiver);
  }
  void Add(const v1::Subscription& subscription, const std::string& name) {
    const v1::Receiver* receiver = settings_.FindReceiver(name);
    if (receiver && !IsThere(name)) all_.push_back({&subscription, receiver});
  }
  void AddTold(const v1::Subscription& subscription, const std::string& name) {
    const auto tells = [&](const Receipt& r) { return r.receiver() == name && IsTold(r); };
    const auto& receipts = *own_.receipts;
    if (std::any_of(receipts.begin(), receipts.end(), tells)) Add(subscription, name);
  }
  // Who left hears only that what they were told last holds no more.
  void AddLeft() {
    std::map<std::string, const Receipt*> last;
    for (const Receipt& receipt : *own_.receipts) {
      if (!IsTold(receipt) || IsThere(receipt.receiver())) continue;
      const Receipt*& told = last[receipt.receiver()];
      if (!told || TimeOf(receipt.time()) >= TimeOf(told->time())) told = &receipt;
    }
    for (const auto& [name, told] : last) {
      if (!IsStale(*told, own_)) continue;
      if (const v1::Subscription* subscription = SubscriptionFor(name)) Add(*subscription, name);
    }
  }
  // Whose hours hold for who left: those of the receiver's own subscription to something else. Who
  // never had one was drawn in, and hears as others do of this deadline. Null where it was deleted:
  // nothing more is wanted.
  const v1::Subscription* SubscriptionFor(const std::string& name) const {
    static const auto& kNobodys = *new v1::Subscription();
    for (const auto& [own_name, own] : settings_.subscriptions()) {
      if (own.receiver() == name) return &own;
    }
    const auto draws_in = [&](const Receipt& r) {
      return r.receiver() == name && IsTold(r) && (r.level() > 0 || IsHandOver(r));
    };
    if (std::none_of(own_.receipts->begin(), own_.receipts->end(), draws_in)) return nullptr;
    return listeners_.empty() ? &kNobodys : listeners_[0].subscription;
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
    if (listeners.empty() && own.receipts->empty()) continue;
    const Actions actions(*own.receipts);
    for (const Listener& listener : listeners) {
      PlanFor({view, own, listener, *policy, actions, context, false}, out);
    }
    const Others others(listeners, own, actions, context.settings, context.now);
    for (const Listener& other : others.all()) {
      std::vector<Planned> all;
      PlanFor({view, own, other, *policy, actions, context, true}, all);
      for (Planned& planned : all) {
        const bool change = planned.form != PlannedForm::kReminder;
        if (change || actions.IsHeldBy(planned.alert, other.receiver->name())) {
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
      if (IsGone(to.own()) || !MayHear(to) || to.DatesDiffer()) continue;
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
