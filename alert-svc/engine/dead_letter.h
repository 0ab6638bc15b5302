#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alert-svc/engine/core.h"

namespace vigil::alert {

// A message that was given up or came back: the receipts that say so, one for each deadline that it
// was to tell; of a digest of findings one.
struct DeadLetter {
  std::string id;  // of the reminder or digest
  std::string receiver;
  bool digest = false;
  std::string findings_day;  // of a digest of findings: its day
  absl::Time first_time;     // when it was first given up; attempts since change nothing in it
  std::vector<const registry::v1::Receipt*> receipts;
};

// All of them by id; what a later attempt delivered is none. The receipts are the world's.
std::map<std::string, DeadLetter> DeadLettersOf(const World& world);

// Why the letter cannot be sent again, in words; empty where it can.
std::string WhyOver(const World& world, const DeadLetter& letter);

// Sends a dead letter once more, under its id, and journals what came of it: of what it was to tell
// only what is still to be told, in the words of today's dates and findings. What is not accepted
// stays a dead letter, without a retry by itself. The receipt is at home in this replica's memory
// and on its way to the registry at once, as one of a lost shard. Two administrators on two
// replicas may send it twice, under one id. `done`: NOT_FOUND DEAD_LETTER_NOT_FOUND,
// FAILED_PRECONDITION DEAD_LETTER_OVER; kNotNow where it is on its way already.
Task<void> Resend(Core& core, std::string id, std::function<void(absl::StatusOr<Outcome>)> done);

}  // namespace vigil::alert
