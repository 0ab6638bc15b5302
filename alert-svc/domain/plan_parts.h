#pragma once

#include <vector>

#include "absl/time/time.h"
#include "alert-svc/domain/addressee.h"

// The parts of which a plan is made. Each adds to `out` what it finds owed.
namespace vigil::alert {

// The newest lead, repeat, hour or snooze that is past and not told, and the next one ahead. What
// is due at or before `covered` is told already, or a change notice stands for it.
void PlanSteps(const Addressee& to, absl::Time covered, std::vector<Planned>& out);

// The notice that a date is gone, where one was told.
void PlanWithdrawn(const Addressee& to, std::vector<Planned>& out);

// The notice of new dates. Returns up to when steps are not owed: the notice stands for those that
// are past under the new dates, until it is told, acknowledged or given up.
absl::Time PlanMoved(const Addressee& to, std::vector<Planned>& out);

// A notice that was told and put off speaks again when its time is up.
void PlanSnoozedNotice(const Addressee& to, std::vector<Planned>& out);

// The message to who was handed an alert that still stands: of a deadline that is gone, only the
// notice that it is. Returns when it was handed over, InfinitePast where nothing was: the message
// stands for the steps up to then.
absl::Time PlanHandOver(const Addressee& to, bool gone, std::vector<Planned>& out);

// Silence, and a message that could not be delivered, go on to the stand-in, and from there to the
// team. Returns when that would be where there is neither; InfiniteFuture else.
absl::Time PlanEscalation(const Addressee& to, std::vector<Planned>& out);

}  // namespace vigil::alert
