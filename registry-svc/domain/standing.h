// Where a deadline stands on the day asked for: marks, what met it, what withdrew it, the day.
// Internal to the domain.
#pragma once

#include <string>
#include <unordered_map>

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// " by maria": who recorded the fact; empty where that is not known.
std::string ByAuthor(const v1::Fact& fact);

// A later fact that passes one of the tests; null where there is none. `trigger` is null for rules
// about the case itself.
const CheckedFact* FirstPassing(
    const Reading& reading, const google::protobuf::RepeatedPtrField<rules::v1::FactTest>& tests,
    const CheckedFact* trigger);

// What meets and what withdraws the deadlines of one rule and trigger; found once for all their
// occurrences.
struct Ends {
  const CheckedFact* met_by = nullptr;
  const CheckedFact* withdrawn_by = nullptr;
};
Ends EndsOf(const Reading& reading, const CompiledRule& rule, const CheckedFact* trigger);

// The facts that pass `met_by` of a recurring rule, each of which meets the occurrence nearest to
// it.
std::vector<const CheckedFact*> AllPassing(
    const Reading& reading, const google::protobuf::RepeatedPtrField<rules::v1::FactTest>& tests,
    const CheckedFact* trigger);

// The extension of custody that reaches beyond `range`, where the rule says that one meets it; null
// where there is none.
const CheckedFact* ExtendedBeyond(const Reading& reading, const CompiledRule& rule,
                                  const CheckedFact* trigger, const Range& range);

// Sets `state`, by the marks, then by the ends, then by the day. Adds a line to the explanation
// where a fact decides.
void SetState(const Reading& reading, const Ends& ends, const Range& range, v1::Deadline& deadline);

}  // namespace vigil::registry
