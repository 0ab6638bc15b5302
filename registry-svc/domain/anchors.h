// The starts that a rule's anchor gives for its trigger. Internal to the domain.
#pragma once

#include <vector>

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// The starts that the rule's anchor gives for the trigger; those without points are left out. A
// null trigger is the case itself.
std::vector<Start> StartsOf(const Reading& reading, const CompiledRule& rule,
                            const CheckedFact* trigger);

// StartsOf, found once for all rules that count from the same anchor. Lives for one derivation.
class StartCache {
 public:
  explicit StartCache(const Reading& reading) : reading_(reading) {}

  // Valid until the next call.
  const std::vector<Start>& Of(const CompiledRule& rule, const CheckedFact* trigger);

 private:
  struct Entry {
    rules::v1::Anchor anchor;
    const CheckedFact* about;
    std::vector<Start> starts;
  };

  const Reading& reading_;
  std::vector<Entry> entries_;
};

}  // namespace vigil::registry
