#pragma once

#include "alert-svc/engine/world.h"
#include "tests/unit/alert/plan_fixture.h"

namespace vigil::alert {

// The case of PlanFixture as a world knows it.
class WorldFixture : public PlanFixture {
 protected:
  const World::CaseState& State() {
    state_.about.set_name(kCase);
    state_.about.set_display_name("A. Sample");
    for (const DeadlineView& own : view_.deadlines) {
      World::DeadlineState& kept = state_.deadlines[own.deadline->name()];
      kept.deadline = *own.deadline;
      kept.gone = own.gone;
      kept.receipts = *own.receipts;
    }
    return state_;
  }

  World::CaseState state_;
};

// The same in a world that a journal was folded into.
class FoldedFixture : public WorldFixture {
 protected:
  World& Folded() {
    registry::v1::Change change;
    change.set_revision(1);
    for (const auto& receiver : seeds_.receivers()) Put(receiver, change);
    for (const auto& policy : seeds_.policies()) Put(policy, change);
    for (const auto& own : seeds_.subscriptions()) Put(own, change);
    auto& deadlines = *change.add_items()->mutable_deadlines_changed();
    deadlines.set_parent(kCase);
    for (const auto& deadline : deadlines_) *deadlines.add_after() = deadline;
    auto& recorded = *change.add_items()->mutable_receipts_recorded();
    for (const auto& [name, receipts] : receipts_) {
      for (const auto& receipt : receipts) *recorded.add_receipts() = receipt;
    }
    world_.Fold(change, false);
    world_.Reach(1, "");
    return world_;
  }

  World world_;

 private:
  template <class Setting>
  static void Put(const Setting& setting, registry::v1::Change& change) {
    auto& record = *change.add_items()->mutable_record_changed()->mutable_record();
    record.set_name("records/" + setting.name());
    record.mutable_body()->PackFrom(setting);
  }
};

}  // namespace vigil::alert
