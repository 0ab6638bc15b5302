// Whether a right that opens is barred. Internal to the domain.
#pragma once

#include <string>

#include "registry-svc/domain/compiled_rules.h"
#include "registry-svc/domain/reading.h"

namespace vigil::registry {

// What the tests of a rule come to.
struct EligibilityReading {
  v1::Eligibility value = v1::ELIGIBILITY_OPEN;
  std::string reason;
  // A test hangs on a part, or an article, that no source names.
  bool hangs_on_part = false;
  bool hangs_on_article = false;
};

// The first test of the rule that certainly holds for the sentence; without one, open.
EligibilityReading EligibilityOf(const CompiledRule& rule, const Sentence& sentence);

}  // namespace vigil::registry
