#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// What a person does about an alert, as the receipt that journals it, without who and when. Pure.
// Done twice it is one receipt, by its id. nullopt: it is so already, nothing is left to record.
using ActReceipt = absl::StatusOr<std::optional<registry::v1::Receipt>>;

// For good, or until a time ahead of `now`. INVALID_ARGUMENT EXPIRY_NOT_AHEAD, TEXT_TOO_LONG.
ActReceipt Acknowledgement(const v1::Alert& alert, const v1::AcknowledgeAlertRequest& request,
                           absl::Time now);

// INVALID_ARGUMENT SNOOZE_NOT_AHEAD; FAILED_PRECONDITION ALERT_OVER where nothing is left to put
// off.
ActReceipt Snooze(const v1::Alert& alert, const v1::SnoozeAlertRequest& request, absl::Time now);

// To a receiver, whether or not there is one of that name: that is for the engine to say.
// INVALID_ARGUMENT BAD_NAME, TEXT_TOO_LONG; FAILED_PRECONDITION ALERT_OVER where nothing is left to
// answer, ALERT_NOT_TOLD where nobody was told yet.
ActReceipt HandOver(const v1::Alert& alert, const v1::HandOverAlertRequest& request,
                    absl::Time now);

}  // namespace vigil::alert
