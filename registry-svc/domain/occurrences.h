// The dates of one rule from one start: amounts, counting, recurrence. Internal to the domain.
#pragma once

#include <string>
#include <vector>

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// One date of a rule.
struct Occurrence {
  Range range;
  // Tells occurrences of one rule and trigger apart; 0 where there is one only.
  int64_t ordinal = 0;
  // Ordinal as shown; 0: the rule's own step.
  int32_t step = 0;
  bool earlier = false;
  bool later = false;
  bool low = false;
  uint32_t assumptions = 0;
  std::vector<std::string> steps;
};

// What a rule counts for one trigger; null where it does not apply.
struct Counted {
  const CompiledRule* rule = nullptr;
  const CheckedFact* trigger = nullptr;
  const Sentence* sentence = nullptr;
  const ChargeReading* crimes = nullptr;
  bool held = false;
};

// The occurrences counted from `start`. None where no amount exists for the gravity (`no_amount` is
// set).
std::vector<Occurrence> OccurrencesOf(const Reading& reading, const Counted& counted,
                                      const Start& start, const CheckedFact* withdrawn_by,
                                      bool* no_amount);

// The occurrences of a duty that states its own period: the day itself where the duty is dated by
// the day, else the window of each period. Reaches as far as any recurring deadline.
std::vector<Occurrence> DutyOccurrences(const Reading& reading, const Counted& counted,
                                        const CheckedFact* withdrawn_by);

}  // namespace vigil::registry
