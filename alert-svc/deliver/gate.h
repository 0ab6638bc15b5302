#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// Who may be sent to now: limits and a breaker for each receiver, so that none takes the places of
// the others and none that is down is knocked at by every message of its own. Wall time, given by
// the caller. For one thread.
//
// The breaker of a receiver opens after 5 attempts in a row that came to nothing (kRetry,
// kAmbiguous): for 30 s, twice as long each time, 10 minutes at most; then one message goes and
// decides. A refusal (kPermanent) is an answer, and closes it.
class Gate {
 public:
  // `most_in_flight`: of one receiver that sets no limit of its own.
  explicit Gate(int most_in_flight) : most_in_flight_(most_in_flight) {}

  // Whether a message may go now: nullopt, and it counts as on its way until Leave; else how long
  // it had better wait (wall).
  std::optional<absl::Duration> Enter(const v1::Receiver& receiver, absl::Time wall);
  // A message that entered has come to something.
  void Leave(const std::string& receiver, const Outcome& outcome, absl::Time wall);

 private:
  struct State {
    int in_flight = 0;
    int turned_away = 0;  // since one left
    int failures = 0;     // in a row
    absl::Time open_until = absl::InfinitePast();
    absl::Time next_turn = absl::InfinitePast();  // of the limit a minute
  };

  std::optional<absl::Duration> Wait(const v1::Receiver& receiver, const State& state,
                                     absl::Time wall) const;

  const int most_in_flight_;
  std::map<std::string, State> states_;
};

}  // namespace vigil::alert
