#include "alert-svc/assurance/message_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/local_time.h"

namespace vigil::alert {
namespace {

v1::PlannedItem::Change ChangeOf(PlannedForm form) {
  switch (form) {
    case PlannedForm::kMoved:
      return v1::PlannedItem::CHANGE_MOVED;
    case PlannedForm::kWithdrawn:
      return v1::PlannedItem::CHANGE_WITHDRAWN;
    case PlannedForm::kReminder:
      break;
  }
  return v1::PlannedItem::CHANGE_NONE;
}

// The id of the mail or event that carries it.
std::string IdOf(const Planned& planned, civil::Day day) {
  switch (planned.channel) {
    case Channel::kDigest:
      return DigestId(planned.subscription, civil::FormatDay(day));
    case Channel::kSummary:
      return SummaryId(planned.subscription);
    case Channel::kSingle:
      break;
  }
  return planned.id;
}

}  // namespace

v1::PlannedMessage::Form FormOf(Channel channel) {
  switch (channel) {
    case Channel::kDigest:
      return v1::PlannedMessage::FORM_DIGEST;
    case Channel::kSummary:
      return v1::PlannedMessage::FORM_SUMMARY;
    case Channel::kSingle:
      break;
  }
  return v1::PlannedMessage::FORM_SINGLE;
}

v1::PlannedItem ItemOf(const World::CaseState& about, const Planned& planned) {
  v1::PlannedItem item;
  item.set_alert("alerts/" + planned.alert);
  item.set_case_(about.about.name());
  item.set_deadline(planned.deadline);
  item.set_earliest(planned.earliest);
  item.set_latest(planned.latest);
  item.set_step(planned.step >= kMovedStep ? 0 : planned.step);
  item.set_change(ChangeOf(planned.form));
  item.set_case_display_name(about.about.display_name());
  if (auto it = about.deadlines.find(planned.deadline); it != about.deadlines.end()) {
    item.set_kind(it->second.deadline.kind());
    item.set_title(it->second.deadline.title());
  }
  return item;
}

void MessageBook::Add(const World::CaseState& about, const std::vector<Planned>& planned) {
  for (const Planned& one : planned) {
    if (range_.receiver.empty() || one.receiver == range_.receiver) Add(about, one);
  }
}

void MessageBook::Add(const World::CaseState& about, const Planned& planned) {
  const v1::Subscription* subscription = settings_.FindSubscription(planned.subscription);
  const absl::TimeZone zone = Zone(subscription ? subscription->time_zone() : "UTC");
  const absl::Time due = std::max(planned.due, range_.from);
  const civil::Day day = LocalDay(due, zone);
  if (day > range_.until) return;
  // The id of a digest is that of the day it was meant for, however late it is.
  const std::string id = IdOf(planned, LocalDay(planned.due, zone));
  v1::PlannedMessage& message = messages_[id];
  *message.add_items() = ItemOf(about, planned);
  if (!message.id().empty()) return;
  message.set_id(id);
  message.set_receiver(planned.receiver);
  message.set_subscription(planned.subscription);
  message.set_day(civil::FormatDay(day));
  *message.mutable_due_time() = ToProto(due);
  message.set_form(FormOf(planned.channel));
  if (planned.channel != Channel::kSingle) return;
  message.set_level(planned.level);
  message.set_repeat(planned.repeat);
}

std::string MessageBook::KeyOf(const v1::PlannedMessage& message) {
  return fmt::format("{} {} {:016} {}", message.day(), message.receiver(),
                     absl::ToUnixMillis(TimeOf(message.due_time())), message.id());
}

std::vector<v1::PlannedMessage> MessageBook::Take() {
  std::vector<v1::PlannedMessage> messages;
  for (auto& [id, message] : std::exchange(messages_, {})) {
    std::sort(message.mutable_items()->begin(), message.mutable_items()->end(),
              [](const v1::PlannedItem& a, const v1::PlannedItem& b) {
                return std::make_tuple(a.case_(), a.earliest(), a.alert()) <
                       std::make_tuple(b.case_(), b.earliest(), b.alert());
              });
    messages.push_back(std::move(message));
  }
  std::sort(messages.begin(), messages.end(),
            [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  return messages;
}

}  // namespace vigil::alert
