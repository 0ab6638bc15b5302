#pragma once

#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace vigil::alert::sim {

// Judges a run by what reached the receivers, the journal, and what people were told, and by
// nothing that the engine says of itself.
class Oracle {
 public:
  explicit Oracle(Simulation& simulation) : run_(simulation) {}

  std::vector<std::string> Judge();

 private:
  // Nothing is said before its time.
  void NothingEarly();
  // Nothing that was claimed after an acknowledgement held.
  void NothingAfterAcknowledgement();
  // A second copy of an id has one of the named reasons.
  void DoublesOnlyInTheGap();
  // Every lead of a date that stood still was told before the next one was due, or as soon as the
  // faults let it.
  void EveryLeadTold();
  // Once the faults have stopped, the plan of the whole journal owes nothing.
  void NothingLeftOwing();
  // A shard is held to be lost only where something happened to it.
  void NoFalseAlarms();
  // What a receipt says was sent, was taken.
  void ReceiptsAreTrue();

  // When the member behind a single message was claimed for this attempt (wall).
  absl::Time ClaimOf(const Accepted& accepted) const;
  bool FaultWithin(absl::Time from, absl::Time to) const;
  void Violation(std::string text) { violations_.push_back(std::move(text)); }

  Simulation& run_;
  std::vector<std::string> violations_;
};

}  // namespace vigil::alert::sim
