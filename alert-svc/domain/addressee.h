#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/plan.h"

namespace vigil::alert {

// Repeats from here on are hand-overs, one each; those of a step stay below.
inline constexpr int kHandOverRepeat = 700;
// Repeats from here on are the hours before a limit that is exact to the hour.
inline constexpr int kHourlyRepeat = 800;
// Repeats from here on are snoozes that ran out.
inline constexpr int kSnoozeRepeat = 900;

// Whether a message told its receiver that an alert was handed over.
inline bool IsHandOver(const registry::v1::Receipt& receipt) {
  return receipt.repeat() >= kHandOverRepeat && receipt.repeat() < kHourlyRepeat;
}

// One deadline as one receiver sees it: what was told, and how the next message goes out. The
// parts of a plan (steps, change notices, escalation) are functions of it. A view: all that is
// passed outlives it.
class Addressee {
 public:
  Addressee(const CaseView& view, const DeadlineView& own, const Listener& listener,
            const v1::Policy& policy, const Actions& actions, const PlanContext& context,
            bool for_stand_in);

  const CaseView& view() const { return view_; }
  const DeadlineView& own() const { return own_; }
  const registry::v1::Deadline& deadline() const { return *own_.deadline; }
  const v1::Subscription& subscription() const { return subscription_; }
  const std::string& receiver() const { return receiver_; }
  const v1::Policy& policy() const { return policy_; }
  const Actions& actions() const { return actions_; }
  const PlanContext& context() const { return context_; }
  const History& history() const { return history_; }
  // The working days of the one who is to hear.
  const civil::WorkingDays& days() const { return context_.DaysOf(subscription_); }
  civil::Day today() const { return today_; }
  const absl::TimeZone& zone() const { return zone_; }

  // What the receiver was told last; null: nothing.
  const registry::v1::Receipt* told() const { return history_.last_told; }
  // The receiver was told other dates than today's.
  bool DatesDiffer() const;
  // Of what stands: whether the rules of silence let the receiver hear of it on a day.
  bool SpeaksOn(civil::Day day) const;
  // The policy speaks at once, not in a digest.
  bool AtOnce() const { return policy_.channel() == v1::Policy::CHANNEL_AT_ONCE; }

  // A message to the receiver, with its ids.
  Planned Make(PlannedForm form, int step, int repeat) const;
  // Sets how and when it goes out, and keeps it unless it is done with.
  void Emit(Planned planned, absl::Time due, bool urgent, std::vector<Planned>& out) const;
  // `due`, or the end of the silence that holds back what is said to `receiver`, the later.
  absl::Time AfterSilence(std::string_view receiver, absl::Time due) const;
  // `due`, or the end of the quiet hours of `receiver` in which it would go out, the later.
  absl::Time AfterQuiet(std::string_view receiver, absl::Time due) const;

 private:
  bool Choose(bool urgent, Planned& planned) const;
  bool IsForSummary(absl::Time due, const Planned& planned) const;
  bool SummaryOwed() const;
  absl::Time SummaryUntil() const;
  bool StillUrgent() const;
  civil::Day AloneFrom(absl::Time due) const;
  absl::Time DigestDue(absl::Time due, const Planned& planned) const;
  bool WasMissed(absl::Time due, bool weekly, const Planned& planned) const;
  bool IsOut(absl::Time digest) const;
  std::string_view TriedIn(const Planned& planned) const;
  std::optional<absl::Time> TriedDigest(absl::Time due, const Planned& planned) const;
  bool IsWeekly(const Planned& planned) const;
  absl::Time DigestFrom(absl::Time from, bool weekly, absl::Time due, int step) const;

  const CaseView& view_;
  const DeadlineView& own_;
  const v1::Subscription& subscription_;
  const std::string& receiver_;
  const v1::Policy& policy_;
  const Actions& actions_;
  const PlanContext& context_;
  const bool for_stand_in_;  // of the subscription's receiver, whose digests go to that one alone
  const History history_;
  const absl::TimeZone zone_;
  const civil::Day today_;
};

}  // namespace vigil::alert
