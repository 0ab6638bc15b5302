#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "alert-svc/engine/world.h"
#include "vigil/alert/v1/settings.pb.h"

// Receivers that cannot be reached: what is wrong with one, and who is told of it. Pure.
namespace vigil::alert {

// A webhook or chat room that took nothing for so long (calendar time), first attempt to last, is
// in trouble; one that took nothing for so long is disabled. In between its first messages are
// given up.
inline constexpr absl::Duration kFailingAfter = absl::Hours(48);
inline constexpr absl::Duration kGivenUpAfter = absl::Hours(24 * 5);

// What the attempts to reach a receiver say is wrong with it, beyond what is noted already;
// nullopt: nothing. What was before the receiver was last written does not count.
std::optional<v1::Trouble> FoundTrouble(const World& world, const v1::Receiver& receiver);

// A message came through since the trouble that is noted began.
bool IsOver(const World& world, const v1::Receiver& receiver);

// The receiver with a trouble noted, and disabled where it comes to that. nullopt where that says
// nothing new: this trouble is noted already, or nothing is sent to the receiver any more.
std::optional<v1::Receiver> WithTrouble(v1::Receiver receiver, const v1::Trouble& trouble);

// The names of the receivers that are told of a trouble: see `owner` of v1::Receiver. Never the
// receiver itself, and none that cannot be sent to.
std::vector<std::string> HearersOf(const Settings& settings, const v1::Receiver& receiver);

// And of what is wrong with our mail server: receivers marked `operator` that are reached
// otherwise.
std::vector<std::string> HearersOfMail(const Settings& settings);

}  // namespace vigil::alert
