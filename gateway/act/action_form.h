#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace vigil::gateway {

/// What the page's form, or a program in its place, asks for: `do=acknowledge`, or to put the alert
/// off with `until=2018-05-01T03:00:00Z`. That it names the moment and no count of days makes the
/// same form sent twice do no more than once.
struct ActionForm {
  std::optional<absl::Time> until;  ///< Nothing: acknowledge.
};

/// Reads a body of application/x-www-form-urlencoded. Nothing where it asks for neither, for both,
/// or for anything else.
std::optional<ActionForm> ParseActionForm(std::string_view body);

/// How a form says a moment.
std::string FormTime(absl::Time time);

}  // namespace vigil::gateway
