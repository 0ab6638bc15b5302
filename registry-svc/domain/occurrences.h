// The dates of one rule from one start: amounts, counting, recurrence. Internal to the domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  // How `range` is counted, for Deadline.count.
  Count count;
  // For limits exact to the hour: the moment, RFC 3339 with zone; else empty.
  std::string time;
  std::vector<std::string> steps;
};

// What a rule counts for one trigger; null where it does not apply.
struct Counted {
  const CompiledRule* rule = nullptr;
  const CheckedFact* trigger = nullptr;
  const Sentence* sentence = nullptr;
  const ChargeReading* crimes = nullptr;
  bool held = false;
  // The State whose working days count.
  std::string_view country;
  // The date is not before the person belongs to a group.
  std::optional<Range> not_before;
};

// The occurrences counted from `start`. None where no amount exists for the gravity (`no_amount` is
// set).
std::vector<Occurrence> OccurrencesOf(const Reading& reading, const Counted& counted,
                                      const Start& start, const CheckedFact* withdrawn_by,
                                      bool* no_amount);

// No duty in a life has more; a guard against terms of a day over centuries.
inline constexpr int kMostOccurrences = 5000;

// Whether an occurrence is still to be listed; `ahead` counts those ahead of the day asked for.
bool Within(const Reading& reading, const Range& range, const CheckedFact* withdrawn_by,
            int& ahead);

// start + term, with its line. `in_months`: years are told as months, as fractions are.
Range AddTerm(const Start& start, const civil::Term& term, bool in_months, Occurrence& out);

// The occurrences of a duty that states its own period: counted from its beginning where that is
// known to less than a period, else the window of each period. Reaches as far as any recurring
// deadline.
std::vector<Occurrence> DutyOccurrences(const Reading& reading, const Counted& counted,
                                        const CheckedFact* withdrawn_by);

}  // namespace vigil::registry
