// Which facts a rule arises from. Internal to the domain.
#pragma once

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// The verdict that a trigger is about: a verdict itself, the verdict an order changes, for a
// listing the one in effect; null where there is none.
const Sentence* SentenceAbout(const Reading& reading, const CheckedFact& trigger);

// The crimes a trigger is about: the convictions of its verdict, else what the person is charged
// with.
const ChargeReading& CrimesAbout(const Reading& reading, const CheckedFact& trigger);

// The rule was law for the trigger and every test of its trigger holds.
bool Triggers(const Reading& reading, const CompiledRule& rule, const CheckedFact& fact);

// The State that holds, decides or protects, as the fact says it; else the case's.
std::string_view CountryOf(const Reading& reading, const CheckedFact& fact);

// From which day the person belongs to a group of the test; nothing where not at all.
std::optional<Range> InGroupSince(const Reading& reading, const rules::v1::PersonTest& test,
                                  const CheckedFact** ground, std::string* why);

}  // namespace vigil::registry
