#pragma once

#include <functional>
#include <string>
#include <vector>

#include "alert-svc/engine/core.h"
#include "alert-svc/engine/dead_letter.h"

namespace vigil::alert {

// Dead letters of one receiver that were first given up from `from` on and before `until`.
struct LetterRange {
  std::string receiver;
  absl::Time from;
  absl::Time until;
};

// What came of sending a range again.
struct RangeResent {
  struct Letter {
    std::string id;
    Outcome outcome;
  };
  std::vector<Letter> letters;  // those that were tried, the first given up first
  int left = 0;                 // still to be sent again
  int over = 0;                 // not sent again: nothing that they told is still to be told
};

// Sends the dead letters of a range again as Resend does, under their ids, one after the other, the
// first given up first. Stops at the first that is not accepted, and after some seconds (wall):
// what is left is for another call. Said twice, or of a range that overlaps, it sends nothing
// twice: what was accepted is no dead letter any more. Waits where the receiver's limits ask for
// it.
Task<void> ResendRange(Core& core, LetterRange range, std::function<void(RangeResent)> done);

}  // namespace vigil::alert
