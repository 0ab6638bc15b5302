#include "alert-svc/deliver/gate.h"

#include <algorithm>

namespace vigil::alert {
namespace {

constexpr int kFailuresToOpen = 5;
constexpr absl::Duration kOpenFirst = absl::Seconds(30);
constexpr absl::Duration kOpenMost = absl::Minutes(10);
constexpr absl::Duration kHoldBackMost = absl::Hours(1);
// A place is likely to be free soon; who is turned away often comes less often.
constexpr absl::Duration kPlaceWait = absl::Milliseconds(50);
constexpr absl::Duration kPlaceWaitMost = absl::Seconds(5);

// How long the breaker stays open after so many failures in a row (calendar).
absl::Duration OpenFor(int failures) {
  const int doublings = std::min(failures - kFailuresToOpen, 5);
  return std::min(kOpenFirst * (1 << doublings), kOpenMost);
}

}  // namespace

std::optional<absl::Duration> Gate::Wait(const v1::Receiver& receiver, const State& state,
                                         absl::Duration now) const {
  if (now < state.open_until) return state.open_until - now;
  // Of a breaker whose time is up, one message tries.
  const bool trying = state.asked || state.failures >= kFailuresToOpen;
  const int limit = receiver.limits().in_flight();
  const int places = trying ? 1 : limit > 0 ? limit : most_in_flight_;
  const bool mail_waits = receiver.has_email() && mails_ >= most_mails_;
  if (state.in_flight >= places || mail_waits) {
    return std::min(kPlaceWait * (1 + state.turned_away), kPlaceWaitMost);
  }
  if (now < state.next_turn) return state.next_turn - now;
  return std::nullopt;
}

std::optional<absl::Duration> Gate::Enter(const v1::Receiver& receiver, absl::Duration now) {
  State& state = states_[receiver.name()];
  if (std::optional<absl::Duration> wait = Wait(receiver, state, now)) {
    ++state.turned_away;
    return wait;
  }
  ++state.in_flight;
  if (receiver.has_email()) ++mails_;
  if (const int per_minute = receiver.limits().per_minute(); per_minute > 0) {
    state.next_turn = now + absl::Minutes(1) / per_minute;
  }
  return std::nullopt;
}

void Gate::Leave(const std::string& receiver, Way way, const Outcome& outcome, absl::Duration now) {
  State& state = states_[receiver];
  --state.in_flight;
  if (way == Way::kEmail) --mails_;
  state.turned_away = 0;
  if (outcome.said == Outcome::Said::kNothing) return;
  const bool asks = outcome.hold_back > absl::ZeroDuration();
  if (asks) {
    state.asked = true;
    const absl::Duration hold_back = std::min(outcome.hold_back, kHoldBackMost);
    state.open_until = std::max(state.open_until, now + hold_back / rate_);
  }
  if (outcome.said == Outcome::Said::kAnswered) {
    state.asked = asks;
    state.failures = 0;
    return;
  }
  if (++state.failures < kFailuresToOpen) return;
  state.open_until = std::max(state.open_until, now + OpenFor(state.failures) / rate_);
}

}  // namespace vigil::alert
