#include "alert-svc/engine/seal.h"

#include <utility>

namespace vigil::alert {

Task<bool> Seal(Core& core, const Errand& errand, Work& work) {
  if (!IsDigest(errand.member)) co_return true;
  SealRequest request;
  request.shard = errand.shard;
  request.seen = core.shards[errand.shard].seen;
  request.fence = errand.fence;
  request.digest = errand.member;
  for (const Planned& planned : work.items) {
    request.items.push_back(core.planner.MemberOf(planned));
  }
  const std::int64_t life = core.world.life();
  Async<SealResult> sealed;
  core.schedule.Seal(std::move(request), sealed.Done());
  SealResult result = co_await sealed;
  if (!Absorb(core, errand.shard, result.status, result.seq)) co_return false;
  // A world that started over meanwhile may not know yet what the members mean.
  if (core.world.life() != life || !core.world.loaded()) co_return false;
  work.items = core.planner.Sealed(work, result.items);
  work.sealed = std::move(result.items);
  co_return true;
}

}  // namespace vigil::alert
