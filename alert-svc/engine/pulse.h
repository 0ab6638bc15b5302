#pragma once

#include "absl/status/status.h"
#include "alert-svc/engine/engine.h"

namespace vigil::alert {

// Whether alerting really works, as far as this replica can tell: it follows the registry, every
// shard is live and none held, what it plans reaches them (by it, or by another replica), what is
// due is claimed, receipts reach the journal, and of mail, webhooks and chat each gets through to
// somebody, where it was tried for half an hour.
// FAILED_PRECONDITION says the first thing that is not so. Pure.
absl::Status CheckPulse(const EngineStatus& status);

}  // namespace vigil::alert
