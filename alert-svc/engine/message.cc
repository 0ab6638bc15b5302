#include "alert-svc/engine/message.h"

#include <algorithm>
#include <map>
#include <utility>

#include "alert-svc/domain/addressee.h"
#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/deadline_state.h"
#include "alert-svc/domain/history.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

using registry::v1::Deadline;

// By so much what is known may be behind the journal, which speaks each second, also where nothing
// happens: from then on each message says until when it is known (wall).
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

// Who handed an alert over to its holder last, and what they said.
void AddHandOver(const std::vector<registry::v1::Receipt>& receipts, const Planned& planned,
                 MessageItem& item) {
  for (const registry::v1::Receipt& receipt : receipts) {
    if (receipt.kind() != registry::v1::Receipt::KIND_HANDED_OVER) continue;
    if (receipt.alert() != planned.alert || receipt.receiver() != planned.receiver) continue;
    item.handed_over_by = receipt.actor();
    item.note = receipt.note();
  }
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
  item.doubt = DoubtOf(it->second.deadline);
  if (receiver.private_() && IsHandOver(planned.repeat)) {
    AddHandOver(it->second.receipts, planned, item);
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

// Hand-overs and snoozes of an alert are counted from 1. Of two changes of a date the second is no
// repeat of the first.
void AddWhy(const Planned& planned, Message& message) {
  const int repeat = message.repeat = planned.repeat;
  if (repeat >= kSnoozeRepeat) {
    message.why = Message::Why::kPutOff;
    message.again = std::max(0, repeat - kSnoozeRepeat - 1);
  } else if (repeat >= kHourlyRepeat) {
    message.why = Message::Why::kHourly;
    message.hours_left = repeat - kHourlyRepeat;
  } else if (repeat >= kHandOverRepeat) {
    message.why = Message::Why::kHandedOver;
    message.again = std::max(0, repeat - kHandOverRepeat - 1);
  } else if (planned.form == PlannedForm::kReminder) {
    message.again = repeat;
  }
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

MessageItem::Doubt DoubtOf(const Deadline& deadline) {
  const auto assumes = [&deadline](std::string_view code) {
    const auto& codes = deadline.assumptions();
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  };
  if (deadline.precision() == registry::v1::DEADLINE_PRECISION_NO_LATER_THAN) {
    const bool known = !assumes("CUSTODY_FROM_VERDICT");
    return known ? MessageItem::Doubt::kSomeFact : MessageItem::Doubt::kCustodyBegin;
  }
  // What else puts a date back. It would not be right to say that it holds if nobody appealed.
  for (const char* other : {"ORDER_UNKNOWN", "DID_NOT_HIDE", "RELEASED_ON_ENTRY_INTO_FORCE"}) {
    if (assumes(other)) return MessageItem::Doubt::kSomeFact;
  }
  return assumes("NO_APPEAL") ? MessageItem::Doubt::kAppeal : MessageItem::Doubt::kSomeFact;
}

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
    AddWhy(work.items.front(), message);
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
  if (core.Mono() - core.known_until > kStaleAfter) message.known_at = core.known_at;
  return message;
}

}  // namespace vigil::alert
