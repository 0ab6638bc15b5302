#include "alert-svc/assurance/unwatched.h"

#include <algorithm>
#include <string>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using Why = v1::UnwatchedCase;

bool Reaches(const Planned& planned, const Settings& settings) {
  const v1::Receiver* receiver = settings.FindReceiver(planned.receiver);
  return planned.form != PlannedForm::kWithdrawn && receiver && WhyMute(*receiver).empty();
}

std::vector<const DeadlineView*> Ahead(const CaseView& view, civil::Day today) {
  std::vector<const DeadlineView*> ahead;
  for (const DeadlineView& own : view.deadlines) {
    if (own.gone || IsClosed(*own.deadline)) continue;
    if (civil::ParseDay(own.deadline->latest()).value_or(civil::Day{}) < today) continue;
    ahead.push_back(&own);
  }
  return ahead;
}

bool Speaks(const CaseView& view, const registry::v1::Deadline& deadline, const Settings& settings,
            civil::Day today) {
  const v1::Policy* policy = settings.PolicyFor(SubjectOf(view, deadline));
  return policy && policy->channel() != v1::Policy::CHANNEL_NEVER &&
         MaySpeak(view, deadline, today);
}

Why::Why WhyOf(const CaseView& view, const std::vector<const DeadlineView*>& ahead,
               const std::vector<Planned>& plan, const PlanContext& context, civil::Day today) {
  if (view.deadlines.empty()) return Why::WHY_NO_DEADLINE;
  if (ahead.empty()) return Why::WHY_NO_DEADLINE_AHEAD;
  const auto heard = [&](const DeadlineView* own) {
    return !Audience(view, *own->deadline, context.settings).empty();
  };
  if (std::none_of(ahead.begin(), ahead.end(), heard)) return Why::WHY_NO_SUBSCRIPTION;
  const auto speaks = [&](const DeadlineView* own) {
    return Speaks(view, *own->deadline, context.settings, today);
  };
  if (std::none_of(ahead.begin(), ahead.end(), speaks)) return Why::WHY_POLICY_SILENT;
  return plan.empty() ? Why::WHY_NOTHING_LEFT : Why::WHY_RECEIVERS_DISABLED;
}

const char* TextOf(Why::Why why) {
  switch (why) {
    case Why::WHY_NO_DEADLINE:
      return "it has no deadline: facts may be missing, see its findings";
    case Why::WHY_NO_DEADLINE_AHEAD:
      return "all its deadlines are met, waived, withdrawn or past";
    case Why::WHY_NO_SUBSCRIPTION:
      return "deadlines are ahead, and no subscription is about any of them";
    case Why::WHY_POLICY_SILENT:
      return "deadlines are ahead, and by their policies none of them speaks";
    case Why::WHY_NOTHING_LEFT:
      return "deadlines are ahead, and all that was to be said of them was said";
    case Why::WHY_RECEIVERS_DISABLED:
      return "deadlines are ahead, and all who would be told of them are disabled";
    case Why::WHY_NO_STAND_IN:
      return "who was told has not answered in time, and there is no stand-in and no team to go on "
             "to";
    default:
      return "";
  }
}

v1::UnwatchedCase RowOf(const World::CaseState& state, const CaseView& view,
                        const std::vector<const DeadlineView*>& ahead, Why::Why why) {
  v1::UnwatchedCase row;
  row.set_case_(view.name);
  row.set_display_name(state.about.display_name());
  row.set_situation(view.situation);
  row.set_why(why);
  row.set_text(TextOf(why));
  row.set_deadlines_ahead(static_cast<int>(ahead.size()));
  return row;
}

void TakeDate(const std::string& date, v1::UnwatchedCase& row) {
  if (row.next_date().empty() || date < row.next_date()) row.set_next_date(date);
}

// The dates are those that nobody answers, past ones too.
std::optional<v1::UnwatchedCase> NoStandIn(const World::CaseState& state, const CaseView& view,
                                           const std::vector<const DeadlineView*>& ahead,
                                           const PlanContext& context) {
  const std::vector<Unanswered> unanswered = UnansweredOf(view, context);
  if (unanswered.empty()) return std::nullopt;
  v1::UnwatchedCase row = RowOf(state, view, ahead, Why::WHY_NO_STAND_IN);
  for (const DeadlineView& own : view.deadlines) {
    for (const Unanswered& one : unanswered) {
      if (one.deadline == own.deadline->name()) TakeDate(own.deadline->earliest(), row);
    }
  }
  return row;
}

}  // namespace

std::optional<v1::UnwatchedCase> UnwatchedOf(const World::CaseState& state, const CaseView& view,
                                             const std::vector<Planned>& plan,
                                             const PlanContext& context) {
  if (state.deleted) return std::nullopt;
  const bool is_case = view.name.starts_with("cases/");
  if (!is_case && view.deadlines.empty()) return std::nullopt;
  const civil::Day today = LocalDay(context.now, absl::UTCTimeZone());
  const std::vector<const DeadlineView*> ahead = Ahead(view, today);
  const auto reaches = [&](const Planned& planned) { return Reaches(planned, context.settings); };
  if (std::any_of(plan.begin(), plan.end(), reaches)) return NoStandIn(state, view, ahead, context);
  v1::UnwatchedCase row = RowOf(state, view, ahead, WhyOf(view, ahead, plan, context, today));
  for (const DeadlineView* own : ahead) TakeDate(own->deadline->earliest(), row);
  return row;
}

}  // namespace vigil::alert
