#include "alert-svc/engine/message.h"

#include <algorithm>
#include <map>
#include <utility>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/deadline_state.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using registry::v1::Deadline;

// What is known from a journal that was silent for so long is said to be so in each message (wall).
// It speaks each second, also where nothing happens.
constexpr absl::Duration kStaleAfter = absl::Seconds(60);

Deadline Discreet(const Deadline& deadline, bool is_private) {
  Deadline shown = deadline;
  if (is_private) return shown;
  shown.clear_case_display_name();
  shown.clear_title();
  shown.clear_explanation();
  shown.clear_assumptions();
  shown.clear_eligibility_reason();
  shown.clear_citation();
  shown.clear_facts();
  shown.clear_action();
  return shown;
}

MessageItem::Change ChangeOf(PlannedForm form) {
  switch (form) {
    case PlannedForm::kMoved:
      return MessageItem::Change::kMoved;
    case PlannedForm::kWithdrawn:
      return MessageItem::Change::kWithdrawn;
    case PlannedForm::kReminder:
      break;
  }
  return MessageItem::Change::kNone;
}

MessageItem ItemFor(const World& world, const Planned& planned, const v1::Receiver& receiver,
                    absl::Time now) {
  MessageItem item;
  item.alert = "alerts/" + planned.alert;
  item.step = planned.step;
  item.change = ChangeOf(planned.form);
  const World::CaseState* state = world.FindCase(ParentOf(planned.deadline));
  if (!state) return item;
  auto it = state->deadlines.find(planned.deadline);
  if (it == state->deadlines.end()) return item;
  item.deadline = Discreet(it->second.deadline, receiver.private_());
  item.deadline.set_state(StateAt(item.deadline, now));
  if (receiver.private_() && item.deadline.case_display_name().empty()) {
    item.deadline.set_case_display_name(state->about.display_name());
  }
  if (!planned.sealed_earliest.empty()) {
    item.told_earliest = planned.sealed_earliest;
    item.told_latest = planned.sealed_latest;
  } else if (item.change != MessageItem::Change::kNone) {
    const History history(it->second.receipts, planned.receiver);
    if (history.last_told) {
      item.told_earliest = history.last_told->earliest();
      item.told_latest = history.last_told->latest();
    }
  }
  const CaseView view = world.ViewOf(*state);
  for (const Deadline* other : Alternatives(view, it->second.deadline)) {
    item.alternatives.push_back(Discreet(*other, receiver.private_()));
  }
  return item;
}

// Whether what is passed on reached nobody to whom it went before: it failed, was given up or came
// back.
bool IsUndelivered(const World& world, const Planned& planned) {
  const World::CaseState* state = world.FindCase(ParentOf(planned.deadline));
  if (planned.level == 0 || !state) return false;
  auto it = state->deadlines.find(planned.deadline);
  if (it == state->deadlines.end()) return false;
  std::map<std::string_view, bool> heard;  // by reminder, as its last receipt says
  for (const registry::v1::Receipt& receipt : it->second.receipts) {
    if (receipt.alert() != planned.alert || receipt.level() >= planned.level) continue;
    if (IsFinal(receipt)) heard[receipt.reminder()] = IsTold(receipt);
  }
  return std::none_of(heard.begin(), heard.end(), [](const auto& one) { return one.second; });
}

Message::Form FormOf(MemberForm form) {
  switch (form) {
    case MemberForm::kDigest:
    case MemberForm::kFindings:
      return Message::Form::kDigest;
    case MemberForm::kSummary:
      return Message::Form::kSummary;
    default:
      return Message::Form::kSingle;
  }
}

}  // namespace

Message MessageFor(const Core& core, const Work& work, MemberForm form) {
  Message message;
  message.id = work.id;
  message.form = FormOf(form);
  message.receiver = work.receiver;
  // What is encrypted for its reader may hold what a private receiver's does.
  if (!work.receiver.email().openpgp_key().empty()) message.receiver.set_private_(true);
  message.attempt = work.attempts + 1;
  message.time = core.Now();
  message.revision = core.world.revision();
  const v1::Subscription* subscription = core.world.settings().FindSubscription(work.subscription);
  message.time_zone = subscription ? subscription->time_zone() : "UTC";
  message.today = LocalDay(message.time, Zone(message.time_zone));
  if (message.form == Message::Form::kSingle) {
    message.level = work.items.front().level;
    message.repeat = work.items.front().repeat;
    message.undelivered = IsUndelivered(core.world, work.items.front());
  }
  for (const Planned& planned : work.items) {
    message.items.push_back(ItemFor(core.world, planned, message.receiver, message.time));
  }
  std::stable_sort(message.items.begin(), message.items.end(),
                   [](const MessageItem& a, const MessageItem& b) {
                     return std::make_pair(ParentOf(a.deadline.name()), a.deadline.earliest()) <
                            std::make_pair(ParentOf(b.deadline.name()), b.deadline.earliest());
                   });
  if (core.Mono() - core.registry_seen > kStaleAfter) {
    message.known_at = core.last_heard;
  }
  return message;
}

}  // namespace vigil::alert
