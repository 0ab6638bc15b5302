#pragma once

#include <vector>

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

struct Findings {
  std::vector<registry::v1::Finding> told;
  bool more = false;  // others could not be read, or are of cases that are not followed yet
  bool read = false;  // the registry answered
  absl::Time asked;   // when it was first (calendar): they may be so old

  // Not even whether there are any.
  bool unknown() const { return !read || (told.empty() && more); }
};

// Whether a subscription is told of findings: not one to some kinds of deadline alone.
bool TellsFindings(const v1::Subscription& subscription);

// Whether some of them hold only since the receiver was told of findings last, before a day's
// digest. Of one that is about a whole case that is not known: it is new to who was never told of
// any.
bool AnyNew(const Core& core, const v1::Subscription& subscription, civil::Day day,
            const Findings& findings);

// Whether a day's message of a subscription tells what is missing or does not fit: that of the
// first working day of a week, where no other one told it.
bool TellsFindingsOn(const Core& core, const v1::Subscription& subscription, civil::Day day);

// Whether a digest's day is not over where its reader is: what could not be read is asked for
// again.
bool IsItsDay(const Core& core, const Work& work, civil::Day day);
// Whether a digest is not later yet than one may be that is caught up.
bool MayWait(const Core& core, const Work& work, civil::Day day);

// What is missing or does not fit in the cases that the subscription of a message is about, the
// most important first; those read so far where the registry takes longer than `budget` (wall).
Task<Findings> ReadFindings(Core& core, const Work& work, absl::Duration budget);

// When what could not be read is asked for again (calendar).
inline constexpr absl::Duration kAskAgain = absl::Minutes(10);

// Adds them to a message. Where its receiver is not private, only the names.
void AddFindings(Findings findings, Message& message);

// For a message that has dates to tell, and does not wait long; and for one that has nothing else.
inline constexpr absl::Duration kReadBeside = absl::Seconds(2), kReadAlone = absl::Minutes(1);

}  // namespace vigil::alert
