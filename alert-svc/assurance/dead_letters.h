#pragma once

#include <string>
#include <vector>

#include "alert-svc/domain/settings.h"
#include "alert-svc/engine/world.h"
#include "vigil/alert/v1/assurance.pb.h"

namespace vigil::alert {

// The messages that were given up or came back, and were not accepted by a later attempt; the last
// first. A digest is one of them, with the items that it was to tell. Pure.
std::vector<v1::DeadLetter> DeadLetters(const World& world);

}  // namespace vigil::alert
