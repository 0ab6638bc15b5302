#pragma once

#include <memory>
#include <set>
#include <string>

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The leases of what was claimed together.
struct Hold {
  absl::Duration since;        // monotonic: when they were certainly ours
  std::set<std::string> lost;  // identities of those that are another's since
};

// One member under our lease.
struct Errand {
  int shard = 0;
  std::int64_t fence = 0;
  std::int64_t applied = 0;  // of the shard when it was claimed
  Member member;
  absl::Time due;
  bool taken_over = false;  // whoever held it before may have sent it
  std::shared_ptr<const Hold> hold;
};

// The member may still be sent: its lease runs for a while yet, and the receipt finds its way
// before another may claim it. A replica that stood still knows nothing of what happened meanwhile.
inline bool IsHeldStill(const Core& core, const Errand& errand) {
  return core.Mono() - errand.hold->since < core.options.lease * 3 / 5 &&
         !errand.hold->lost.contains(errand.member.Identity());
}

// Whether the week's findings may have arrived with a digest of dates: they failed with it, or
// whoever sent it died of it. No other message tells them then.
inline bool MayHaveTold(const Errand& errand, const Work& work) {
  return work.tried_findings || (errand.taken_over && work.tells_findings);
}

struct Findings;

// The stages `render`, `send` and `record`, where the member is still ours; a receiver that is busy
// has it come again.
Task<void> SendAndRecord(Core& core, const Errand& errand, const Work& work, Findings findings);

// Carries one member through the stages, one a file: still owed, findings, seal, render
// (message.h), send, record.
Task<void> Carry(Core& core, Errand errand);

}  // namespace vigil::alert
