// Recomputes Deadline.count, apart from the engine that wrote it.
#pragma once

#include <string>
#include <vector>

#include "common/civil/term.h"
#include "registry-svc/domain/rule_book.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// The first and the last day that the count comes to, the days it begins with, and what it does on
// the way.
struct Recounted {
  std::string earliest, latest;
  std::string first_input, last_input;
  // Of both ends: the days it passes through, but for those from which credits are still to be
  // taken off; the terms added, the days credited.
  std::vector<std::string> passed;
  std::vector<civil::Term> terms;
  std::vector<int> credited;
};
// Fails the test where the count cannot be read.
Recounted Recount(const v1::Deadline& deadline, const RuleBook& rules);

}  // namespace vigil::registry
