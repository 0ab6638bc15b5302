// The fold of facts into a situation, over a reading that exists already. Internal to the domain.
#pragma once

#include "registry-svc/domain/reading.h"
#include "registry-svc/domain/situation.h"

namespace vigil::registry {

// As SituationOf.
SituationReading FoldSituation(const Reading& reading);

// In prison, in detention or in a forced hospital stay.
bool IsHeld(v1::Situation situation);

}  // namespace vigil::registry
