#include "alert-svc/assurance/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "alert-svc/assurance/reasons.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using reasons::Code;
using reasons::Make;
using registry::v1::Receipt;

// One question, and the answer as it grows.
class Explainer {
 public:
  Explainer(const CaseView& view, const DeadlineView& own, const std::string& receiver,
            const PlanContext& context)
      : view_(view),
        own_(own),
        deadline_(*own.deadline),
        receiver_(receiver),
        context_(context),
        settings_(context.settings) {}

  v1::Explanation Answer(const std::function<bool(const Planned&)>& held) {
    out_.set_deadline(deadline_.name());
    out_.set_kind(deadline_.kind());
    out_.set_earliest(deadline_.earliest());
    out_.set_latest(deadline_.latest());
    SayReceiver();
    SaySubscriptions();
    if (listener_) SayPolicy();
    for (v1::Reason& one : reasons::OfSilences(view_, deadline_.kind(), receiver_, context_)) {
      Add(std::move(one));
    }
    SayReceipts();
    SayPlan(held);
    return std::move(out_);
  }

 private:
  void Add(v1::Reason reason) { *out_.add_reasons() = std::move(reason); }
  void Add(Code::Code code, std::string text, std::string_view subject) {
    Add(Make(code, std::move(text), subject));
  }

  void SayReceiver() {
    const v1::Receiver* receiver = settings_.FindReceiver(receiver_);
    if (!receiver) return Add(Code::CODE_NO_RECEIVER, "there is no such receiver", receiver_);
    const std::string_view why = WhyMute(*receiver);
    if (why.empty()) return;
    Add(Code::CODE_RECEIVER_DISABLED,
        fmt::format(
            "{}: {}; what is owed to it ends as given up, and escalates", why,
            receiver->disabled() ? receiver->disabled_reason() : receiver->trouble().detail()),
        receiver_);
  }

  // The subscription by which the receiver hears; what is said of others on the way.
  void SaySubscriptions() {
    const std::vector<Listener> audience = Audience(view_, deadline_, settings_);
    bool any = false;
    for (const auto& [name, subscription] : settings_.subscriptions()) {
      if (subscription.receiver() != receiver_) continue;
      any = true;
      SaySubscription(name, subscription, audience);
    }
    for (const Listener& one : audience) {
      const auto& team = one.subscription->team();
      const bool in_team = std::find(team.begin(), team.end(), receiver_) != team.end();
      if (one.subscription->stand_in() != receiver_ && !in_team) continue;
      any = true;
      Add(Code::CODE_STAND_IN, "hears where nobody acknowledges, and then of changes",
          one.subscription->name());
    }
    if (!any) Add(Code::CODE_NO_SUBSCRIPTION, "no subscription names it", receiver_);
  }

  void SaySubscription(const std::string& name, const v1::Subscription& subscription,
                       const std::vector<Listener>& audience) {
    const bool speaks = std::any_of(audience.begin(), audience.end(), [&](const Listener& l) {
      return l.subscription == &subscription;
    });
    if (speaks) {
      listener_ = &subscription;
      return Add(Code::CODE_SUBSCRIBED, "its subscription is about this", name);
    }
    const std::string against = reasons::FiltersAgainst(subscription, view_, deadline_);
    if (!against.empty()) {
      return Add(Code::CODE_FILTERED, "its subscription is not about this, by " + against, name);
    }
    Add(Code::CODE_OTHER_SUBSCRIPTION,
        "its subscription is about this, and another of the same receiver speaks for both", name);
  }

  void SayPolicy() {
    const v1::Policy* policy = settings_.PolicyFor(SubjectOf(view_, deadline_));
    if (!policy) {
      return Add(Code::CODE_NO_POLICY, "no policy is about this kind of deadline",
                 registry::v1::DeadlineKind_Name(deadline_.kind()));
    }
    if (policy->channel() == v1::Policy::CHANNEL_NEVER) {
      return Add(Code::CODE_POLICY_NEVER, "its policy says never", policy->name());
    }
    Add(Code::CODE_POLICY, reasons::StepsText(*policy), policy->name());
    if (listener_->urgent_only() && policy->channel() != v1::Policy::CHANNEL_AT_ONCE) {
      Add(Code::CODE_URGENT_ONLY,
          "the subscription takes only what goes out at once: of this its last days, if any",
          listener_->name());
    }
    SayRules();
  }

  // The rules of silence, in the order in which the plan asks them.
  void SayRules() {
    const absl::TimeZone zone = Zone(listener_->time_zone());
    const civil::Day today = LocalDay(context_.now, zone);
    const std::string& name = deadline_.name();
    if (own_.gone || IsClosed(deadline_)) {
      return Add(Code::CODE_CLOSED, "it is met, waived or withdrawn", name);
    }
    if (!MaySpeak(view_, deadline_, today)) {
      return Add(Code::CODE_NEVER_SPEAKS,
                 "it never speaks: barred, parole of somebody under restriction, or an appeal term "
                 "that has passed",
                 name);
    }
    if (IsOvertaken(view_, own_, today)) {
      Add(Code::CODE_OVERTAKEN, "a later occurrence of the same duty has passed too", name);
    }
    if (!LeadsItsGroup(view_, own_, receiver_, today)) {
      Add(Code::CODE_ALTERNATIVE,
          "the same limit, counted from another possible day, speaks for it", name);
    }
    if (const civil::Day silent = SilentUntil(view_, own_); silent > civil::Day{}) {
      Add(Code::CODE_WAITS_FOR_EARLIER,
          "speaks after the limit before it, " + civil::FormatDay(silent), name);
    }
  }

  void SayReceipts() {
    for (const Receipt& receipt : *own_.receipts) {
      if (!reasons::IsAct(receipt) && receipt.receiver() != receiver_) continue;
      v1::Reason reason = reasons::OfReceipt(receipt);
      if (reason.code() == Code::CODE_UNSPECIFIED) continue;
      if (reason.code() == Code::CODE_TOLD) out_.set_told(true);
      Add(std::move(reason));
    }
  }

  std::vector<Planned> PlanWith(const Settings& settings) const {
    PlanContext context{settings,       context_.days,  context_.delivered, context_.now,
                        context_.grace, context_.tried, context_.calendars};
    std::vector<Planned> plan = PlanCase(view_, context);
    std::erase_if(plan, [&](const Planned& planned) {
      return planned.deadline != deadline_.name() || planned.receiver != receiver_;
    });
    std::sort(plan.begin(), plan.end(),
              [](const Planned& a, const Planned& b) { return a.due < b.due; });
    return plan;
  }

  // What quiet hours put off is due earlier without them.
  void SayQuiet(const Planned& planned) {
    const v1::Subscription* speaks = settings_.FindSubscription(planned.subscription);
    const v1::Subscription* own =
        speaks ? &QuietHoursOf(settings_, *speaks, planned.receiver) : nullptr;
    if (!own || !own->has_quiet_from()) return;
    v1::Subscription loud = *own;
    loud.clear_quiet_from();
    loud.clear_quiet_until();
    Settings settings = settings_;
    if (!settings.Put(loud).ok()) return;
    for (const Planned& one : PlanWith(settings)) {
      if (one.id != planned.id || one.due >= planned.due) continue;
      Add(Code::CODE_QUIET_HOURS,
          fmt::format("put off by quiet hours from {}:00 to {}:00, {}", own->quiet_from(),
                      own->quiet_until(), own->time_zone()),
          own->name());
    }
  }

  void SayPlan(const std::function<bool(const Planned&)>& held) {
    const std::vector<Planned> plan = PlanWith(settings_);
    out_.set_verdict(v1::Explanation::VERDICT_NOTHING_AHEAD);
    for (const Planned& planned : plan) {
      SayQuiet(planned);
      Add(reasons::OfPlanned(planned, context_.now));
      if (!held(planned)) continue;
      Add(Code::CODE_HELD, "the breaker holds it until an administrator lets it go",
          "alerts/" + planned.alert);
    }
    if (plan.empty()) {
      if (listener_) Add(Code::CODE_NOTHING_LEFT, "nothing more is owed of it", deadline_.name());
      return;
    }
    *out_.mutable_next_time() = ToProto(plan.front().due);
    out_.set_verdict(plan.front().due <= context_.now ? v1::Explanation::VERDICT_DUE
                                                      : v1::Explanation::VERDICT_WILL_BE_TOLD);
  }

  const CaseView& view_;
  const DeadlineView& own_;
  const registry::v1::Deadline& deadline_;
  const std::string& receiver_;
  const PlanContext& context_;
  const Settings& settings_;
  const v1::Subscription* listener_ = nullptr;
  v1::Explanation out_;
};

}  // namespace

v1::Explanation Explain(const CaseView& view, const DeadlineView& own, const std::string& receiver,
                        const PlanContext& context,
                        const std::function<bool(const Planned&)>& held) {
  return Explainer(view, own, receiver, context).Answer(held);
}

}  // namespace vigil::alert
