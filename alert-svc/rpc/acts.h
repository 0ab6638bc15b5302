#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Whether a request is well formed, whatever alert it is about. INVALID_ARGUMENT BAD_TIME,
// EXPIRY_NOT_AHEAD, SNOOZE_NOT_AHEAD, BAD_NAME, TEXT_TOO_LONG. Pure, as all here.
absl::Status CheckAct(const v1::AcknowledgeAlertRequest& request, absl::Time now);
absl::Status CheckAct(const v1::SnoozeAlertRequest& request, absl::Time now);
absl::Status CheckAct(const v1::HandOverAlertRequest& request, absl::Time now);

// What a person does about an alert by a request that passed CheckAct, as the receipt that journals
// it, without who and when. Done twice it is one receipt, by its id. nullopt: it is so already,
// nothing is left to record.
using ActReceipt = absl::StatusOr<std::optional<registry::v1::Receipt>>;

// For good, or until a time.
ActReceipt Acknowledge(const v1::Alert& alert, const v1::AcknowledgeAlertRequest& request);

// FAILED_PRECONDITION ALERT_OVER where nothing is left to put off; INVALID_ARGUMENT SNOOZE_TOO_LONG
// for more than 90 days; about who is held, for more than a day or into the day of the limit.
ActReceipt Snooze(const v1::Alert& alert, const v1::SnoozeAlertRequest& request, absl::Time now);

// To a receiver, whether or not there is one of that name: that is for the engine to say.
// FAILED_PRECONDITION ALERT_OVER where nothing is left to answer, ALERT_NOT_TOLD where nobody was
// told yet.
ActReceipt HandOver(const v1::Alert& alert, const v1::HandOverAlertRequest& request);

}  // namespace vigil::alert
