#include "alert-svc/app/publisher.h"

#include <algorithm>

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
  const absl::Time now = executor_.clock().Now();
  std::set<std::string> cases = engine_->TakeChanged();
  cases.merge(TakeTurned(now));
  AlertBook::CaseAlerts changed;
  for (const std::string& case_name : cases) {
    std::vector<v1::Alert>& alerts = changed[case_name];
    const World::CaseState* state = world.FindCase(case_name);
    if (!state) continue;
    alerts = AlertsOf(*state, engine_->core().planner.PlanOf(case_name), now);
    const absl::Time turn = NextDeadlineState(*state, now);
    if (turn < absl::InfiniteFuture()) turns_.insert({turn, case_name});
  }
  if (!changed.empty()) book_.Publish(std::move(changed));
  AwaitTurn();
}

std::set<std::string> Publisher::TakeTurned(absl::Time now) {
  std::set<std::string> turned;
  while (!turns_.empty() && turns_.begin()->first <= now) {
    turned.insert(std::move(turns_.extract(turns_.begin()).value().second));
  }
  return turned;
}

void Publisher::AwaitTurn() {
  executor_.Cancel(std::exchange(timer_, 0));
  if (turns_.empty()) return;
  const Clock& clock = executor_.clock();
  const absl::Duration wall = clock.WallAt(turns_.begin()->first) - clock.Wall();
  timer_ = executor_.After(std::max(wall, kGather), [this] { Flush(); });
}

}  // namespace vigil::alert
