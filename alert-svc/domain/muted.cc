#include <algorithm>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/plan.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

constexpr std::string_view kAllCases = "cases/-";

// Whether any silence may be about the case: most of the time none is.
bool MayBeSilenced(const CaseView& view, const PlanContext& context) {
  for (const auto& [name, silence] : context.settings.silences()) {
    if (TimeOf(silence.end_time()) <= context.now) continue;
    for (const std::string& one : silence.cases()) {
      if (one == view.name || one == kAllCases) return true;
    }
  }
  return false;
}

const DeadlineView* OwnOf(const CaseView& view, const Planned& planned) {
  const auto it =
      std::find_if(view.deadlines.begin(), view.deadlines.end(),
                   [&](const DeadlineView& d) { return d.deadline->name() == planned.deadline; });
  return it == view.deadlines.end() ? nullptr : &*it;
}

bool IsSaid(const DeadlineView& own, const Planned& planned) {
  return std::any_of(own.receipts->begin(), own.receipts->end(), [&](const Receipt& receipt) {
    return receipt.kind() == Receipt::KIND_MUTED && receipt.reminder() == planned.id;
  });
}

}  // namespace

Muted MutedOf(const CaseView& view, PlanContext context) {
  Muted muted;
  if (!MayBeSilenced(view, context)) return muted;
  context.ignores_silences = true;
  for (Planned& planned : PlanCase(view, context)) {
    const DeadlineView* own = OwnOf(view, planned);
    if (!own || IsSaid(*own, planned)) continue;
    const absl::Time until = context.settings.SilentUntil(view.name, own->deadline->kind(),
                                                          planned.receiver, context.now);
    if (until <= std::max(context.now, planned.due)) continue;
    if (planned.due <= context.now) {
      muted.now.push_back(std::move(planned));
    } else {
      muted.next = std::min(muted.next, planned.due);
    }
  }
  return muted;
}

}  // namespace vigil::alert
