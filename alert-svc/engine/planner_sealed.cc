#include <map>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/engine/planner.h"

// A digest keeps what it was sealed with, and says of it what is true today.
namespace vigil::alert {

Planned Planner::FromMember(const Member& member, const Work& work) const {
  Planned planned;
  auto [state, own] = world_.FindDeadline(member.deadline);
  if (own) planned.deadline = own->deadline.name();
  if (own) {
    const std::vector<std::string> tags(state->about.tags().begin(), state->about.tags().end());
    const v1::Policy* policy = world_.settings().PolicyFor(
        {own->deadline.kind(), own->deadline.nature(), state->about.name(), &tags});
    if (policy) NotePolicy(world_.settings(), *policy, planned);
  }
  planned.form = member.form == MemberForm::kMoved       ? PlannedForm::kMoved
                 : member.form == MemberForm::kWithdrawn ? PlannedForm::kWithdrawn
                                                         : PlannedForm::kReminder;
  planned.receiver = work.receiver.name();
  planned.subscription = work.subscription;
  planned.earliest = civil::FormatDay(member.earliest);
  planned.latest = civil::FormatDay(member.earliest + std::chrono::days(member.span_days));
  planned.step = member.step;
  if (planned.form == PlannedForm::kMoved) planned.step = kMovedStep;
  if (planned.form == PlannedForm::kWithdrawn) planned.step = kWithdrawnStep;
  planned.level = member.level;
  planned.repeat = member.repeat;
  planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, planned.step);
  planned.id = ReminderId(planned.alert, planned.receiver, planned.level, planned.repeat);
  return planned;
}

Member Planner::MemberOf(const registry::v1::Receipt& receipt) const {
  Planned told;
  told.form = receipt.step() == kMovedStep       ? PlannedForm::kMoved
              : receipt.step() == kWithdrawnStep ? PlannedForm::kWithdrawn
                                                 : PlannedForm::kReminder;
  told.deadline = receipt.deadline();
  told.receiver = receipt.receiver();
  told.earliest = receipt.earliest();
  told.latest = receipt.latest();
  told.step = receipt.step();
  told.level = receipt.level();
  told.repeat = receipt.repeat();
  return MemberOf(told);
}

std::vector<Planned> Planner::Sealed(const Work& work, const std::vector<Member>& items) const {
  std::map<std::string, const Planned*> now;
  for (const Planned& planned : work.items) now[MemberOf(planned).Identity()] = &planned;
  std::vector<Planned> sealed;
  for (const Member& member : items) {
    auto it = now.find(member.Identity());
    Planned planned = it != now.end() ? *it->second : FromMember(member, work);
    if (planned.deadline.empty()) continue;
    // Also what was planned a moment ago: its date may have moved while the set was being sealed.
    Restate(planned);
    sealed.push_back(std::move(planned));
  }
  return sealed;
}

void Planner::Restate(Planned& planned) const {
  auto [state, own] = world_.FindDeadline(DeadlineNumber(planned.deadline));
  if (!own) return;
  const registry::v1::Deadline& now = own->deadline;
  const std::string earliest = planned.earliest, latest = planned.latest;
  const bool gone = own->gone || now.state() == registry::v1::DEADLINE_STATE_WITHDRAWN;
  const bool said_gone = planned.form == PlannedForm::kWithdrawn;
  if (gone && said_gone) return;
  if (gone) {
    planned.form = PlannedForm::kWithdrawn;
    planned.step = kWithdrawnStep;
  } else if (said_gone || earliest != now.earliest() || latest != now.latest()) {
    planned.form = PlannedForm::kMoved;
    planned.step = kMovedStep;
    planned.earliest = now.earliest();
    planned.latest = now.latest();
  } else {
    return;
  }
  planned.sealed_earliest = earliest;
  planned.sealed_latest = latest;
  // The reminder stays what it was; what a person acknowledges is the news.
  planned.alert = AlertId(planned.deadline, planned.earliest, planned.latest, planned.step);
}

}  // namespace vigil::alert
