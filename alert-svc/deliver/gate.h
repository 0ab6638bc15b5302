#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "alert-svc/deliver/retry.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// Who may be sent to now: limits and a breaker for each receiver, so that none takes the places of
// the others and none that is down is knocked at by every message of its own; and one limit for all
// that goes by the one mail server, so that it does not take the places of what goes elsewhere.
// Monotonic time, given by the caller. For one thread.
//
// The breaker of a receiver opens after 5 attempts in a row that failed (Said::kFailed), be one the
// last of its message: for 30 s, twice as long each time, 10 minutes at most; then one message goes
// and decides. These are spans of the calendar, as those of the retry ladder are, counted at the
// calendar's `rate`, so that no jump of a clock stretches them. A refusal is an answer, and closes
// it.
//
// A peer that asks to be left alone (Outcome::hold_back) is, for as long as it asks and an hour at
// most; then too one message goes and decides. No longer, as the escalation of an alert begins with
// its first attempt.
class Gate {
 public:
  // `most_in_flight`: of one receiver that sets no limit of its own; `most_mails`: of all together;
  // `rate`: calendar seconds a second.
  Gate(int most_in_flight, int most_mails, double rate)
      : most_in_flight_(most_in_flight), most_mails_(most_mails), rate_(rate) {}

  // Whether a message may go now: nullopt, and it counts as on its way until Leave; else how long
  // it had better wait.
  std::optional<absl::Duration> Enter(const v1::Receiver& receiver, absl::Duration now);
  // A message that entered, by that way, has come to something.
  void Leave(const std::string& receiver, Way way, const Outcome& outcome, absl::Duration now);

 private:
  struct State {
    int in_flight = 0;
    int turned_away = 0;  // since one left
    int failures = 0;     // in a row
    bool asked = false;   // to be left alone, and took nothing since
    absl::Duration open_until = -absl::InfiniteDuration();
    absl::Duration next_turn = -absl::InfiniteDuration();  // of the limit a minute
  };

  std::optional<absl::Duration> Wait(const v1::Receiver& receiver, const State& state,
                                     absl::Duration now) const;

  const int most_in_flight_;
  const int most_mails_;
  const double rate_;
  int mails_ = 0;  // on their way
  std::map<std::string, State> states_;
};

}  // namespace vigil::alert
