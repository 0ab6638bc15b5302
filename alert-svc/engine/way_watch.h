#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// Whether anything gets through by one way of all its receivers: mail, webhooks, a kind of chat.
// One receiver that cannot be reached is its own trouble; where it is two, or what failed is ours
// (Outcome::ours), the way itself may be broken. Times are of the monotonic clock.
class WayWatch {
 public:
  // What an attempt to reach a receiver came to.
  void Note(const std::string& receiver, const Outcome& outcome, absl::Duration now);

  // From the first to the last of the attempts since one got through, where the way may be broken;
  // else 0. So is what failed longer ago than any pause of the retry ladders: nothing is known of
  // the way any more.
  absl::Duration Failing(absl::Duration now) const;

 private:
  struct Failures {
    absl::Duration first, last;
    std::string receiver;  // the first
    bool broken = false;
  };
  std::optional<Failures> failures_;
};

}  // namespace vigil::alert
