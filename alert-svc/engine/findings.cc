#include "alert-svc/engine/findings.h"

#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/occasions.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

using registry::v1::Finding;

// Of all cases, the most important.
constexpr int kMost = 1000;

// A remark on how names are spelled moves no date; that a case was not touched for long is a
// deadline of its own.
bool IsWorthTelling(const Finding& finding) {
  return finding.kind() != "NAME_SPELLINGS" && finding.kind() != "CASE_REVIEW";
}

std::string CaseOf(const Finding& finding) {
  return finding.name().substr(0, finding.name().find("/findings/"));
}

bool IsToldOf(const World& world, const v1::Subscription& subscription, const Finding& finding) {
  const World::CaseState* state = world.FindCase(CaseOf(finding));
  return state && !state->deleted && IsAbout(subscription, world.ViewOf(*state));
}

}  // namespace

Task<std::vector<Finding>> FindingsFor(Core& core, const Errand& errand, const Work& work) {
  std::vector<Finding> told;
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (errand.member.form != MemberForm::kDigest || !own || !own->kinds().empty()) co_return told;
  const v1::Subscription subscription = *own;
  const PlanContext context = core.planner.ContextAt(core.Now());
  if (!IsWeeklyDigest(subscription, context.DaysOf(subscription), errand.member.earliest)) {
    co_return told;
  }
  registry::v1::ListFindingsRequest request;
  request.set_page_size(kMost);
  Async<absl::StatusOr<registry::v1::ListFindingsResponse>> listed;
  core.feed.ListFindings(std::move(request), listed.Done());
  absl::StatusOr<registry::v1::ListFindingsResponse> findings = co_await listed;
  if (!findings.ok()) {
    Log(LogLevel::kWarning, "a digest goes out without findings",
        {{"message", work.id}, {"error", std::string(findings.status().message())}});
    co_return told;
  }
  for (const Finding& finding : findings->findings()) {
    if (IsWorthTelling(finding) && IsToldOf(core.world, subscription, finding)) {
      told.push_back(finding);
    }
  }
  co_return told;
}

}  // namespace vigil::alert
