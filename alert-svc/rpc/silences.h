#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "vigil/alert/v1/settings_service.pb.h"

// What a caller cannot say of a silence is said here: who, when, and whether its approval stands.
namespace vigil::alert {

// How long anything is held back at most by what one person says: what is put off for longer is
// forgotten.
inline constexpr absl::Duration kLongestSilence = absl::Hours(24 * 90);

// Makes it the caller's, not approved. INVALID_ARGUMENT BAD_TIME, or BAD_SETTING where the end is
// not ahead of now and within 90 days; both name `silence.end_time`.
absl::Status OpenSilence(std::string_view caller, absl::Time now, v1::Silence& silence);

// The silence with the fields of an update taken over. What widens it ends its approval and makes
// the caller its owner, so that a second person approves what was not approved before. Errors as
// above where the end changes, and BAD_MASK.
absl::StatusOr<v1::Silence> ChangeSilence(v1::Silence silence,
                                          const v1::UpdateSilenceRequest& request,
                                          std::string_view caller, absl::Time now);

}  // namespace vigil::alert
