// Custody before entry into force, and the days of a penalty it stands for (CC 2014 article 62).
// Internal to the domain.
#pragma once

#include <string>
#include <vector>

#include "registry-svc/domain/counting.h"

namespace vigil::registry {

// What is known of custody before a verdict entered into force.
struct Custody {
  // Some custody, house arrest or hospital stay is dated.
  bool known = false;
  // Some is reported without dates, or the person was free when the verdict was given: more may be
  // credited.
  bool gaps = false;
  // A release, or a stay that is worth less, is reported without a date: it may fall into a stay,
  // and less may be credited.
  bool interrupted = false;
  // Imprecise dates leave open which stay came first, or whether one began before the verdict: more
  // or less may be credited.
  bool unordered = false;
  // One stay: from when, until when; no end: until entry into force.
  struct Stay {
    rules::v1::CreditOf of;
    Range start;
    bool open = true;
    Range end;
    const CheckedFact* fact;
  };
  std::vector<Stay> stays;
};

// The stays that began before the verdict of the sentence.
Custody CustodyBefore(const Reading& reading, const Sentence& sentence);

// Days credited.
struct CreditedDays {
  int fewest = 0;
  int most = 0;
  // Days really held, whatever they are worth.
  int fewest_held = 0;
  int most_held = 0;
  // A stay lasts until entry into force and is worth a day for a day at least: a later entry does
  // not put the end of the term back.
  bool grows = false;
  std::vector<std::string> steps;
};

// The most lenient credit for such a stay between the act and the day asked for; null where none is
// known.
const rules::v1::Credit* BestCredit(const Reading& reading, const Sentence& sentence,
                                    rules::v1::CreditOf of);

// What the stays are worth against the sentence that enters into force on `entry`, by the most
// lenient law between the act and the day asked for.
CreditedDays CreditFor(const Reading& reading, const Sentence& sentence, const Custody& custody,
                       civil::Day entry);

}  // namespace vigil::registry
