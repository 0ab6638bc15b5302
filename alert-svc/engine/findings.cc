#include "alert-svc/engine/findings.h"

#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/occasions.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

using registry::v1::Finding;

// A page, of all cases.
constexpr int kPage = 1000;
// After so long (wall) no other page is asked for.
constexpr absl::Duration kBudget = absl::Seconds(2);

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

// Reads on until there are no more, or the time is up.
Task<Findings> ReadFindings(Core& core, const v1::Subscription& subscription,
                            const std::string& message) {
  Findings read;
  const absl::Duration until = core.Mono() + kBudget;
  registry::v1::ListFindingsRequest request;
  request.set_page_size(kPage);
  for (;;) {
    Async<absl::StatusOr<registry::v1::ListFindingsResponse>> listed;
    core.feed.ListFindings(request, listed.Done());
    absl::StatusOr<registry::v1::ListFindingsResponse> page = co_await listed;
    const bool first = request.page_token().empty();
    if (!page.ok()) {
      Log(LogLevel::kWarning,
          first ? "a digest goes out without findings" : "a digest goes out without all findings",
          {{"message", message}, {"error", std::string(page.status().message())}});
      read.more = !first;
      break;
    }
    for (const Finding& finding : page->findings()) {
      if (IsWorthTelling(finding) && IsToldOf(core.world, subscription, finding)) {
        read.told.push_back(finding);
      }
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
    if (core.Mono() < until) continue;
    Log(LogLevel::kWarning, "a digest goes out without all findings", {{"message", message}});
    read.more = true;
    break;
  }
  co_return read;
}

}  // namespace

Task<Findings> FindingsFor(Core& core, const Errand& errand, const Work& work) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (errand.member.form != MemberForm::kDigest || !own || !own->kinds().empty()) {
    co_return Findings();
  }
  const v1::Subscription subscription = *own;
  const PlanContext context = core.planner.ContextAt(core.Now());
  if (!IsWeeklyDigest(subscription, context.DaysOf(subscription), errand.member.earliest)) {
    co_return Findings();
  }
  auto read = ReadFindings(core, subscription, work.id);
  Findings findings = co_await read;
  co_return findings;
}

}  // namespace vigil::alert
