#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/seal/action_link.h"
#include "gateway/http/message.h"
#include "vigil/alert/v1/alert.pb.h"

namespace vigil::gateway {

/// The pages behind an action link, in plain words and plain HTML: they work without a script and
/// without a session, and load nothing but their style sheet from beside them (`style.css`).
/// Discreet: the case's code, the kind and the dates, no name and no title. `language`: `en` or
/// `ru`; English for another. Pure.

/// Why a link did nothing.
enum class Sorry {
  kOff,           ///< This gateway takes no links.
  kBroken,        ///< Not sealed here, or not copied whole.
  kExpired,       ///< Too old.
  kOver,          ///< The alert is closed, or there is none any more.
  kReceiverGone,  ///< Its receiver was deleted, disabled or re-addressed.
  kUnclear,       ///< The form asks for nothing that can be done.
  kAway,          ///< A service is away.
};

/// Says what was not done, why, and what to do instead; with a fitting HTTP code.
http::Response SorryPage(Sorry why, std::string_view language);

/// What the alert is about and where it stands, with a button for each answer that it can still be
/// given and what each does: about who is held it is put off for a day at most, and not into the
/// day of the limit. Whose link it is is told apart from others, and times are those of its zone.
http::Response AlertPage(const alert::v1::Alert& alert, const ActionLink& link, absl::Time now);

/// The style sheet of both.
http::Response ActionStyle();

/// Whether an alert can still be answered.
bool IsOpen(const alert::v1::Alert& alert);

}  // namespace vigil::gateway
