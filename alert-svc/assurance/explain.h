#pragma once

#include <functional>
#include <string>

#include "alert-svc/domain/plan.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

// Why `receiver` is told of a deadline of a case, or is not: the reasons in the order in which the
// plan decides. It asks the plan's own functions, each with one setting taken away, so that it
// cannot say anything else than what is done. `held`: whether the breaker holds something that is
// owed. Pure.
v1::Explanation Explain(const CaseView& view, const DeadlineView& own, const std::string& receiver,
                        const PlanContext& context,
                        const std::function<bool(const Planned&)>& held);

}  // namespace vigil::alert
