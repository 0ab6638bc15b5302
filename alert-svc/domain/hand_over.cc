#include <algorithm>
#include <string>
#include <utility>

#include "alert-svc/domain/plan_parts.h"

namespace vigil::alert {
namespace {

// Whose ids come again after so many hand-overs of one alert.
constexpr int kMost = kHourlyRepeat - kHandOverRepeat;

struct Shape {
  PlannedForm form;
  int step;
};

}  // namespace

absl::Time PlanHandOver(const Addressee& to, bool gone, std::vector<Planned>& out) {
  absl::Time newest = absl::InfinitePast();
  for (const auto& [alert, handed] : to.actions().handed_over) {
    if (handed.receiver != to.receiver() || to.actions().IsAcknowledged(alert)) continue;
    // A person's action does not say whether the alert is a step or a notice; its id does.
    const Shape shapes[] = {{PlannedForm::kReminder, handed.step},
                            {PlannedForm::kMoved, kMovedStep},
                            {PlannedForm::kWithdrawn, kWithdrawnStep}};
    for (const Shape& shape : shapes) {
      if (gone != (shape.form == PlannedForm::kWithdrawn)) continue;
      Planned planned = to.Make(shape.form, shape.step, kHandOverRepeat + handed.count % kMost);
      if (planned.alert != alert) continue;  // another one, or its date moved since
      newest = std::max(newest, handed.time);
      to.Emit(std::move(planned), handed.time, true, out);
    }
  }
  return newest;
}

}  // namespace vigil::alert
