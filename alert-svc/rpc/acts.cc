#include "alert-svc/rpc/acts.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "alert-svc/domain/history.h"
#include "alert-svc/domain/ids.h"
#include "alert-svc/domain/settings.h"
#include "alert-svc/rpc/silences.h"
#include "common/held/held.h"
#include "common/rpc/errors.h"
#include "common/rpc/times.h"

namespace vigil::alert {
namespace {

using google::protobuf::Timestamp;
using registry::v1::Receipt;

constexpr std::string_view kAlerts = "alerts/";
constexpr std::string_view kReceivers = "receivers/";
constexpr std::size_t kMostNote = 1000;

absl::Status CheckNote(const std::string& note) {
  if (note.size() <= kMostNote) return absl::OkStatus();
  return rpc::InvalidArgument("TEXT_TOO_LONG", "note",
                              fmt::format("note: at most {} bytes", kMostNote));
}

// The alert is open still; `what` could be done then.
absl::Status CheckOpen(const v1::Alert& alert, std::string_view what) {
  if (alert.state() != v1::ALERT_STATE_ACKNOWLEDGED && alert.state() != v1::ALERT_STATE_CLOSED) {
    return absl::OkStatus();
  }
  return rpc::FailedPrecondition(
      "ALERT_OVER", {{"alert", alert.name()}},
      fmt::format("the alert is acknowledged or closed: nothing is left to {}", what));
}

absl::Status CheckSnooze(const v1::Alert& alert, absl::Time until, absl::Time now) {
  if (until > now + kLongestSilence) {
    return rpc::InvalidArgument("SNOOZE_TOO_LONG", "until",
                                "until: an alert is put off for at most 90 days: choose an earlier "
                                "time, or acknowledge it");
  }
  if (until <= LatestSnooze(alert.kind(), alert.earliest(), now)) return absl::OkStatus();
  return rpc::InvalidArgument(
      "SNOOZE_TOO_LONG", "until",
      "until: about who is held it is put off for at most 24 hours, and not into the day of the "
      "limit: choose an earlier time, acknowledge it, or make a silence that a second person "
      "approves");
}

std::int64_t MillisOf(const Timestamp& time) { return absl::ToUnixMillis(TimeOf(time)); }

// `after`: the act that this one comes after, so that the same words said anew later count.
Receipt ReceiptFor(const v1::Alert& alert, Receipt::Kind kind, std::string_view what,
                   const Timestamp& after) {
  Receipt receipt;
  receipt.set_kind(kind);
  receipt.set_parent(alert.case_());
  receipt.set_deadline(alert.deadline());
  receipt.set_alert(alert.name().substr(kAlerts.size()));
  receipt.set_earliest(alert.earliest());
  receipt.set_latest(alert.latest());
  receipt.set_step(alert.step());
  receipt.set_deadline_kind(alert.kind());
  receipt.set_id(
      fmt::format("{}-{}-{}", ReceiptId(receipt.alert(), kind, 0), what, MillisOf(after)));
  return receipt;
}

}  // namespace

absl::Status CheckAct(const v1::AcknowledgeAlertRequest& request, absl::Time now) {
  if (absl::Status s = rpc::CheckTime(request.expire_time(), "expire_time"); !s.ok()) return s;
  if (request.has_expire_time() && TimeOf(request.expire_time()) <= now) {
    return rpc::InvalidArgument("EXPIRY_NOT_AHEAD", "expire_time",
                                "expire_time: must be ahead of now");
  }
  return CheckNote(request.note());
}

absl::Status CheckAct(const v1::SnoozeAlertRequest& request, absl::Time now) {
  if (absl::Status s = rpc::CheckTime(request.until(), "until"); !s.ok()) return s;
  if (request.has_until() && TimeOf(request.until()) > now) return absl::OkStatus();
  return rpc::InvalidArgument("SNOOZE_NOT_AHEAD", "until", "until: must be ahead of now");
}

absl::Status CheckAct(const v1::HandOverAlertRequest& request, absl::Time) {
  if (!IsSettingName(request.receiver(), kReceivers)) {
    return rpc::InvalidArgument("BAD_NAME", "receiver",
                                "receiver: a name is written receivers/{id}");
  }
  return CheckNote(request.note());
}

ActReceipt Acknowledge(const v1::Alert& alert, const v1::AcknowledgeAlertRequest& request) {
  const bool same_end =
      request.has_expire_time() == alert.has_acknowledge_expire_time() &&
      MillisOf(request.expire_time()) == MillisOf(alert.acknowledge_expire_time());
  const bool same_note = request.note().empty() || request.note() == alert.acknowledge_note();
  if (alert.state() == v1::ALERT_STATE_ACKNOWLEDGED && same_end && same_note) return std::nullopt;
  Receipt receipt =
      ReceiptFor(alert, Receipt::KIND_ACKNOWLEDGED, std::to_string(MillisOf(request.expire_time())),
                 alert.acknowledge_time());
  receipt.set_note(request.note());
  if (request.has_expire_time()) *receipt.mutable_until() = request.expire_time();
  return receipt;
}

ActReceipt Snooze(const v1::Alert& alert, const v1::SnoozeAlertRequest& request, absl::Time now) {
  if (absl::Status s = CheckOpen(alert, "put off"); !s.ok()) return s;
  const bool same_end = MillisOf(request.until()) == MillisOf(alert.snooze_until());
  if (alert.state() == v1::ALERT_STATE_SNOOZED && same_end) return std::nullopt;
  if (absl::Status s = CheckSnooze(alert, TimeOf(request.until()), now); !s.ok()) return s;
  Receipt receipt = ReceiptFor(alert, Receipt::KIND_SNOOZED,
                               std::to_string(MillisOf(request.until())), alert.snooze_until());
  *receipt.mutable_until() = request.until();
  return receipt;
}

ActReceipt HandOver(const v1::Alert& alert, const v1::HandOverAlertRequest& request) {
  if (absl::Status s = CheckOpen(alert, "hand over"); !s.ok()) return s;
  if (alert.state() == v1::ALERT_STATE_SCHEDULED) {
    return rpc::FailedPrecondition("ALERT_NOT_TOLD", {{"alert", alert.name()}},
                                   "nobody was told of the alert yet: who is going to be, the "
                                   "subscriptions say");
  }
  if (alert.handed_over_to() == request.receiver()) return std::nullopt;
  Receipt receipt =
      ReceiptFor(alert, Receipt::KIND_HANDED_OVER, request.receiver().substr(kReceivers.size()),
                 alert.hand_over_time());
  receipt.set_receiver(request.receiver());
  receipt.set_note(request.note());
  return receipt;
}

}  // namespace vigil::alert
