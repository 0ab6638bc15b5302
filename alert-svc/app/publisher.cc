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
  AlertBook::CaseAlerts changed;
  for (const std::string& case_name : engine_->TakeChanged()) {
    std::vector<v1::Alert>& alerts = changed[case_name];
    const World::CaseState* state = world.FindCase(case_name);
    if (!state) continue;
    alerts = AlertsOf(*state, engine_->core().planner.PlanOf(case_name), executor_.clock().Now());
  }
  if (!changed.empty()) book_.Publish(std::move(changed));
}

}  // namespace vigil::alert
