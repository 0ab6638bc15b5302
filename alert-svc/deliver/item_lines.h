#pragma once

#include <string>
#include <vector>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// One row of what a message says about a deadline.
struct Line {
  std::string label;
  std::string text;
};

// The rows of one deadline, in the order they are read. `shows_all`: also what may name a person.
std::vector<Line> ItemLines(const MessageItem& item, std::chrono::sys_days today, bool shows_all);

// The dates a receiver was told before: "13 April 2018", "between … and …".
std::string ToldText(const MessageItem& item);

}  // namespace vigil::alert
