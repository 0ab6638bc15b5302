#include "alert-svc/engine/mute.h"

#include <string>

#include "alert-svc/engine/forwarder.h"
#include "common/shard/shard.h"

namespace vigil::alert {

void Mute(Core& core) {
  if (!core.world.loaded()) return;
  MuteWatch& watch = core.planner.mute_watch();
  const std::vector<std::string> due = watch.TakeDue(core.Now());
  for (const std::string& case_name : due) core.world.MarkDirty(case_name);
  if (!due.empty()) Replan(core);
  bool any = false;
  for (const registry::v1::Receipt& receipt : watch.TakeReceipts()) {
    if (core.world.HasReceipt(receipt)) continue;
    const int shard = ShardOf(receipt.parent(), kShardCount);
    Keep(core, receipt, shard);
    core.homeless.push_back({shard, receipt});
    any = true;
  }
  if (!any) return;
  core.observer.AlertsChanged();
  core.scope.Spawn(RecordHomeless(core));
}

}  // namespace vigil::alert
