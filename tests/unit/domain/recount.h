// Recomputes Deadline.count, apart from the engine that wrote it.
#pragma once

#include <string>
#include <utility>

#include "registry-svc/domain/rule_book.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::registry {

// The first and the last day that the count comes to, and the days it begins with. Fails the test
// where the count cannot be read.
struct Recounted {
  std::string earliest, latest;
  std::string first_input, last_input;
};
Recounted Recount(const v1::Deadline& deadline, const RuleBook& rules);

}  // namespace vigil::registry
