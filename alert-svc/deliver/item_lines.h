#pragma once

#include <string>
#include <vector>

#include "alert-svc/deliver/wording.h"
#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// One row of what a message says about a deadline.
struct Line {
  std::string label;
  std::string text;
};

// The rows of one deadline, in the order they are read. `shows_all`: also what may name a person.
std::vector<Line> ItemLines(const Words& words, const MessageItem& item, Day today, bool shows_all);

// The rows of what is wrong with a receiver.
std::vector<Line> TroubleLines(const Message& message);

}  // namespace vigil::alert
