#include "alert-svc/engine/alert_view.h"

#include <algorithm>
#include <map>
#include <string>

#include "alert-svc/domain/audience.h"
#include "alert-svc/domain/deadline_state.h"
#include "alert-svc/domain/history.h"

namespace vigil::alert {
namespace {

using google::protobuf::Timestamp;
using registry::v1::Receipt;

// As the year 9999 ends, in UTC.
constexpr absl::Time kLastTime = absl::FromUnixSeconds(253'402'300'799);

// A time that JSON can say, whatever a person's receipt holds.
Timestamp Shown(const Timestamp& time) {
  return ToProto(std::clamp(TimeOf(time), absl::UnixEpoch(), kLastTime));
}

// What the receipts of one alert come to.
struct Building {
  v1::Alert alert;
  std::map<std::string, v1::Reminder> reminders;  // by id
  absl::Time fired = absl::InfiniteFuture();
  absl::Time due = absl::InfiniteFuture();
  bool told = false, escalated = false, dead = false, notice_of_end = false;
  absl::Time acknowledged_until = absl::InfinitePast();
  absl::Time snoozed_until = absl::InfinitePast();
};

v1::Reminder::State StateOf(Receipt::Kind kind) {
  switch (kind) {
    case Receipt::KIND_SENT:
      return v1::Reminder::STATE_SENT;
    case Receipt::KIND_FAILED:
      return v1::Reminder::STATE_FAILED;
    case Receipt::KIND_DEAD:
      return v1::Reminder::STATE_DEAD;
    case Receipt::KIND_MUTED:
      return v1::Reminder::STATE_MUTED;
    case Receipt::KIND_SKIPPED:
      return v1::Reminder::STATE_SKIPPED;
    case Receipt::KIND_IN_DIGEST:
      return v1::Reminder::STATE_IN_DIGEST;
    default:
      return v1::Reminder::STATE_UNSPECIFIED;
  }
}

void Start(Building& building, const World::CaseState& state, const World::DeadlineState& own,
           const std::string& alert, const std::string& earliest, const std::string& latest,
           int step, absl::Time now) {
  v1::Alert& out = building.alert;
  if (!out.name().empty()) return;
  out.set_name("alerts/" + alert);
  out.set_case_(state.about.name());
  out.set_deadline(own.deadline.name());
  out.set_kind(own.deadline.kind());
  out.set_earliest(earliest);
  out.set_latest(latest);
  out.set_step(step >= kMovedStep ? 0 : step);
  out.set_case_display_name(state.about.display_name());
  out.set_title(own.deadline.title());
  out.set_precision(own.deadline.precision());
  out.set_deadline_state(own.gone ? registry::v1::DEADLINE_STATE_WITHDRAWN
                                  : StateAt(own.deadline, now));
  building.notice_of_end = step == kWithdrawnStep;
}

void TakeAcknowledgement(const Receipt& receipt, Building& building) {
  v1::Alert& alert = building.alert;
  building.acknowledged_until =
      receipt.has_until() ? TimeOf(receipt.until()) : absl::InfiniteFuture();
  alert.set_acknowledged_by(receipt.actor());
  alert.set_acknowledge_note(receipt.note());
  *alert.mutable_acknowledge_time() = receipt.time();
  alert.clear_acknowledge_expire_time();
  if (receipt.has_until()) {
    *alert.mutable_acknowledge_expire_time() = Shown(receipt.until());
  }
}

// What a person did; false where a receipt is about a message.
bool TakeAct(const Receipt& receipt, Building& building) {
  v1::Alert& alert = building.alert;
  switch (receipt.kind()) {
    case Receipt::KIND_ACKNOWLEDGED:
      TakeAcknowledgement(receipt, building);
      return true;
    case Receipt::KIND_SNOOZED:
      building.snoozed_until = TimeOf(receipt.until());
      *alert.mutable_snooze_until() = Shown(receipt.until());
      return true;
    case Receipt::KIND_HANDED_OVER:
      alert.set_handed_over_to(receipt.receiver());
      alert.set_handed_over_by(receipt.actor());
      *alert.mutable_hand_over_time() = receipt.time();
      alert.set_hand_over_note(receipt.note());
      return true;
    default:
      return false;
  }
}

// Whether a reminder is said to be held back after all that was heard of it: the journal's word of
// that may be a late one.
bool IsLate(const Receipt& muted, const v1::Reminder& reminder) {
  return muted.kind() == Receipt::KIND_MUTED &&
         reminder.state() != v1::Reminder::STATE_UNSPECIFIED &&
         reminder.state() != v1::Reminder::STATE_FAILED;
}

void TakeReceipt(const Receipt& receipt, Building& building) {
  if (TakeAct(receipt, building)) return;
  v1::Reminder& reminder = building.reminders[receipt.reminder()];
  if (IsLate(receipt, reminder)) return;
  reminder.set_id(receipt.reminder());
  reminder.set_receiver(receipt.receiver());
  reminder.set_level(receipt.level());
  reminder.set_repeat(receipt.repeat());
  reminder.set_state(receipt.bounced() ? v1::Reminder::STATE_BOUNCED : StateOf(receipt.kind()));
  reminder.set_attempts(std::max(reminder.attempts(), receipt.attempts()));
  reminder.set_last_error(receipt.error());
  if (receipt.kind() == Receipt::KIND_DEAD) building.dead = true;
  if (!IsTold(receipt)) return;
  if (!receipt.digest().empty()) building.alert.add_digests(receipt.digest());
  *reminder.mutable_send_time() = receipt.time();
  building.told = true;
  building.escalated |= receipt.level() > 0;
  building.fired = std::min(building.fired, TimeOf(receipt.time()));
}

void TakePlanned(const Planned& planned, Building& building) {
  building.due = std::min(building.due, planned.due);
  v1::Reminder& reminder = building.reminders[planned.id];
  if (!reminder.id().empty()) return;  // it failed, and will be tried again
  reminder.set_id(planned.id);
  reminder.set_receiver(planned.receiver);
  reminder.set_level(planned.level);
  reminder.set_repeat(planned.repeat);
  reminder.set_state(v1::Reminder::STATE_PENDING);
}

v1::AlertState StateOf(const Building& building, const World::DeadlineState& own, bool overtaken,
                       absl::Time now) {
  const bool over = own.gone || IsClosed(own.deadline);
  const bool acknowledged = building.acknowledged_until > now;
  if (over && !(building.notice_of_end && !acknowledged)) return v1::ALERT_STATE_CLOSED;
  if (acknowledged) return v1::ALERT_STATE_ACKNOWLEDGED;
  if (overtaken) return v1::ALERT_STATE_CLOSED;
  if (building.snoozed_until > now) return v1::ALERT_STATE_SNOOZED;
  if (building.escalated) return v1::ALERT_STATE_ESCALATED;
  if (building.told) return v1::ALERT_STATE_SENT;
  if (building.dead) return v1::ALERT_STATE_DEAD;
  return building.due < absl::InfiniteFuture() ? v1::ALERT_STATE_SCHEDULED : v1::ALERT_STATE_CLOSED;
}

}  // namespace

std::vector<v1::Alert> AlertsOf(const World::CaseState& state, const std::vector<Planned>& plan,
                                absl::Time now) {
  std::vector<v1::Alert> alerts;
  for (const auto& [name, own] : state.deadlines) {
    std::map<std::string, Building> buildings;
    absl::Time newest = absl::InfinitePast();  // when the newest alert was told first
    for (const Receipt& receipt : own.receipts) {
      Building& building = buildings[receipt.alert()];
      Start(building, state, own, receipt.alert(), receipt.earliest(), receipt.latest(),
            receipt.step(), now);
      TakeReceipt(receipt, building);
    }
    for (const Planned& planned : plan) {
      if (planned.deadline != name) continue;
      Building& building = buildings[planned.alert];
      Start(building, state, own, planned.alert, planned.earliest, planned.latest, planned.step,
            now);
      TakePlanned(planned, building);
    }
    for (const auto& [id, building] : buildings) {
      if (building.told) newest = std::max(newest, building.fired);
    }
    for (auto& [id, building] : buildings) {
      const bool overtaken = building.told && building.fired < newest;
      v1::Alert& alert = building.alert;
      alert.set_state(StateOf(building, own, overtaken, now));
      const absl::Time fire = building.told ? building.fired : building.due;
      if (fire < absl::InfiniteFuture()) *alert.mutable_fire_time() = ToProto(fire);
      for (auto& [reminder_id, reminder] : building.reminders) {
        *alert.add_reminders() = std::move(reminder);
      }
      alerts.push_back(std::move(alert));
    }
  }
  return alerts;
}

absl::Time NextDeadlineState(const World::CaseState& state, absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [name, own] : state.deadlines) {
    if (!own.gone) next = std::min(next, NextStateAfter(own.deadline, now));
  }
  return next;
}

}  // namespace vigil::alert
