#include "alert-svc/engine/still_owed.h"

namespace vigil::alert {

Task<Owed> StillOwed(Core& core, const Errand& errand) {
  Owed owed;
  auto follow = AwaitRevision(core, errand.applied, core.options.lease);
  owed.known = co_await follow;
  if (owed.known) owed.work = core.planner.WorkFor(errand.member, core.Now());
  co_return owed;
}

}  // namespace vigil::alert
