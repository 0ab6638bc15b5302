#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "alert-svc/engine/sender.h"

namespace vigil::alert {

// What a digest says of findings, a line each.
struct FindingLine {
  std::string name;  // of the finding: tells its case
  std::string text;  // to a private receiver what it is and what to do; else how many the case has
};

struct FindingLines {
  std::vector<FindingLine> lines;  // the first ten
  std::size_t more = 0;            // lines
  std::size_t cases = 0;           // that have any
};

// Pure.
FindingLines FindingLinesOf(const Message& message);

}  // namespace vigil::alert
