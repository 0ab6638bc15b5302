#pragma once

#include <vector>

#include "absl/time/time.h"
#include "common/civil/working_days.h"
#include "vigil/alert/v1/settings.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::alert {

// A moment at which a policy speaks about a deadline.
struct Occasion {
  int step = 0;    // days before the date
  int repeat = 0;  // of the last step, after the date
  absl::Time due;  // calendar
};

// The day that the leads of a deadline count from: the latest where the State owes a reply (it is
// not late before), the earliest everywhere else: an early warning costs a mail, a late one a year.
civil::Day ReferenceDay(const registry::v1::Deadline& deadline);

// How often the repeats of a policy come: UN follow-ups monthly for a year, then quarterly
// (domain.md section 9), all others evenly.
int RepeatDay(const v1::Policy& policy, registry::v1::DeadlineKind kind, int repeat);

// The occasions of a deadline in the order of their time, at `hour` in the zone: all leads, and of
// the repeats the last one before `now` and the first one after. A reminder that may not come on
// any day moves to the working day before.
std::vector<Occasion> Occasions(const registry::v1::Deadline& deadline, const v1::Policy& policy,
                                const v1::Subscription& subscription,
                                const civil::WorkingDays& days, absl::Time now);

// When a digest of the subscription goes out, at or after `from`: at its hour on a working day,
// the weekly one on the first working day from Monday on.
absl::Time DigestMoment(const v1::Subscription& subscription, bool weekly,
                        const civil::WorkingDays& days, absl::Time from);

// Whether a digest of this day is the week's: it goes out on the first working day from Monday on.
bool IsWeeklyDigest(const v1::Subscription& subscription, const civil::WorkingDays& days,
                    civil::Day day);

// When the quiet hours of a subscription end that a moment is in; the moment itself where it is in
// none.
absl::Time QuietUntil(const v1::Subscription& subscription, absl::Time time);

// The subscription's hour, 9 where it says none.
int HourOf(const v1::Subscription& subscription);

}  // namespace vigil::alert
