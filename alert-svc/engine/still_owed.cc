#include "alert-svc/engine/still_owed.h"

#include <algorithm>
#include <memory>

namespace vigil::alert {
namespace {

// The newest revision that any shard came to; nullopt where Redis does not say. A digest tells of
// cases of all shards: what one of them has applied was perhaps answered to a person.
Task<std::optional<std::int64_t>> AppliedAnywhere(Core& core) {
  Async<HeadsResult> read;
  core.schedule.Heads(read.Done());
  const HeadsResult heads = co_await read;
  if (heads.status != ScheduleStatus::kOk) co_return std::nullopt;
  std::int64_t applied = 0;
  for (const std::shared_ptr<const Head>& head : heads.heads) {
    if (head->state == ShardState::kLive) applied = std::max(applied, head->applied);
  }
  co_return applied;
}

}  // namespace

Task<Owed> StillOwed(Core& core, const Errand& errand) {
  Owed owed;
  std::int64_t applied = errand.applied;
  if (IsDigest(errand.member)) {
    auto ask = AppliedAnywhere(core);
    const std::optional<std::int64_t> anywhere = co_await ask;
    if (!anywhere) co_return owed;
    applied = std::max(applied, *anywhere);
  }
  auto follow = AwaitRevision(core, applied, core.options.lease);
  owed.known = co_await follow;
  if (owed.known) owed.work = core.planner.WorkFor(errand.member, core.Now());
  co_return owed;
}

}  // namespace vigil::alert
