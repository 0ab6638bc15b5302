#include "alert-svc/app/publisher.h"

#include "alert-svc/engine/alert_view.h"

namespace vigil::alert {
namespace {

constexpr absl::Duration kGather = absl::Milliseconds(20);

}  // namespace

void Publisher::AlertsChanged() {
  if (queued_) return;
  queued_ = true;
  executor_.After(kGather, [this] { Flush(); });
}

void Publisher::Flush() {
  queued_ = false;
  if (!engine_) return;
  const World& world = engine_->core().world;
  if (!world.loaded()) return;
  for (const std::string& case_name : engine_->TakeChanged()) {
    const World::CaseState* state = world.FindCase(case_name);
    if (!state) {
      book_.Publish(case_name, {});
      continue;
    }
    book_.Publish(case_name, AlertsOf(*state, engine_->core().planner.PlanOf(case_name),
                                      executor_.clock().Now()));
  }
}

}  // namespace vigil::alert
