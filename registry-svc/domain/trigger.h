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

// From which day the person belongs to a group of the test, first possible day; nothing where not
// at all.
std::optional<civil::Day> InGroupSince(const Reading& reading, const rules::v1::PersonTest& test,
                                       const CheckedFact** ground, std::string* why);

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
