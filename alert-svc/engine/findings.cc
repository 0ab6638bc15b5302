#include "alert-svc/engine/findings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"
#include "alert-svc/domain/occasions.h"
#include "common/log/log.h"

namespace vigil::alert {
namespace {

using registry::v1::Finding;

// A page, of all cases.
constexpr int kPage = 1000;
// The registry's clock and ours (wall): told once more is better than never.
const absl::Duration kClocksDiffer = 2 * kMostSkew;

// A remark on how names are spelled moves no date; that a case was not touched for long is a
// deadline of its own.
bool IsWorthTelling(const Finding& finding) {
  return finding.kind() != "NAME_SPELLINGS" && finding.kind() != "CASE_REVIEW";
}

std::string CaseOf(const Finding& finding) {
  return finding.name().substr(0, finding.name().find("/findings/"));
}

// Which cases a subscription is about, of those that were asked for.
class Scope {
 public:
  Scope(const World& world, v1::Subscription subscription)
      : world_(world), subscription_(std::move(subscription)) {}

  // nullopt: the case is not followed yet.
  std::optional<bool> Holds(const Finding& finding) {
    const std::string name = CaseOf(finding);
    const World::CaseState* state = world_.FindCase(name);
    if (!state) return std::nullopt;
    const auto [known, fresh] = cases_.try_emplace(name, false);
    if (fresh) {
      known->second = !state->deleted && IsAbout(subscription_, world_.ViewOf(*state));
    }
    return known->second;
  }

 private:
  const World& world_;
  const v1::Subscription subscription_;
  std::map<std::string, bool> cases_;
};

// When the receiver was told of findings last, in a digest before that of a day.
absl::Time ToldLast(const World& world, const v1::Subscription& subscription, civil::Day day) {
  const std::string before = civil::FormatDay(day);
  absl::Time last = absl::InfinitePast();
  for (const auto& [id, week] : world.findings()) {
    const registry::v1::Receipt& told = week.ended();
    if (!IsTold(told) || told.receiver() != subscription.receiver()) continue;
    if (told.earliest() >= before || TimeOf(told.time()) <= last) continue;
    if (id == FindingsId(subscription.name(), told.earliest())) last = TimeOf(told.time());
  }
  return last;
}

}  // namespace

bool TellsFindings(const v1::Subscription& subscription) { return subscription.kinds().empty(); }

bool AnyNew(const Core& core, const v1::Subscription& subscription, civil::Day day,
            const Findings& findings) {
  const absl::Time told = ToldLast(core.world, subscription, day);
  if (told == absl::InfinitePast()) return !findings.told.empty();
  const Clock& clock = core.executor.clock();
  const absl::Time since = clock.WallAt(told) - kClocksDiffer;
  return std::any_of(findings.told.begin(), findings.told.end(), [&](const Finding& finding) {
    return finding.has_found_time() && clock.WallAt(TimeOf(finding.found_time())) > since;
  });
}

bool TellsFindingsOn(const Core& core, const v1::Subscription& subscription, civil::Day day) {
  const std::string id = FindingsId(subscription.name(), civil::FormatDay(day));
  if (!TellsFindings(subscription) || core.world.DigestOf(id).closed) return false;
  const PlanContext context = core.planner.ContextAt(core.Now());
  return IsWeeklyDigest(subscription, context.DaysOf(subscription), day);
}

bool IsItsDay(const Core& core, const Work& work, civil::Day day) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  return own && LocalDay(core.Now(), Zone(own->time_zone())) <= day;
}

bool MayWait(const Core& core, const Work& work, civil::Day day) {
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (!own) return false;
  const absl::Time hour = LocalMoment(day, HourOf(*own), Zone(own->time_zone()));
  return core.Now() < hour + core.planner.grace();
}

Task<Findings> ReadFindings(Core& core, const Work& work, absl::Duration budget) {
  Findings read;
  const v1::Subscription* own = core.world.settings().FindSubscription(work.subscription);
  if (!own) co_return read;
  Scope scope(core.world, *own);
  read.asked = core.Now();
  const absl::Duration until = core.Mono() + budget;
  registry::v1::ListFindingsRequest request;
  request.set_page_size(kPage);
  for (;;) {
    Async<absl::StatusOr<registry::v1::ListFindingsResponse>> listed;
    core.feed.ListFindings(request, listed.Done());
    absl::StatusOr<registry::v1::ListFindingsResponse> page = co_await listed;
    const bool first = request.page_token().empty();
    if (!page.ok()) {
      Log(LogLevel::kWarning,
          first ? "findings could not be read" : "not all findings could be read",
          {{"message", work.id}, {"error", std::string(page.status().message())}});
      read.more |= !first;
      read.read |= absl::IsUnimplemented(page.status());
      break;
    }
    read.read = true;
    for (const Finding& finding : page->findings()) {
      if (!IsWorthTelling(finding)) continue;
      const std::optional<bool> held = scope.Holds(finding);
      if (held.value_or(false)) read.told.push_back(finding);
      read.more |= !held;
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
    if (core.Mono() < until) continue;
    Log(LogLevel::kWarning, "not all findings could be read in time", {{"message", work.id}});
    read.more = true;
    break;
  }
  co_return read;
}

void AddFindings(Findings findings, Message& message) {
  message.more_findings = findings.more;
  message.findings_asked = findings.asked;
  for (Finding& finding : findings.told) {
    if (message.receiver.private_()) {
      message.findings.push_back(std::move(finding));
    } else {
      message.findings.emplace_back().set_name(finding.name());
    }
  }
}

}  // namespace vigil::alert
