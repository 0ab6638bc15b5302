#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "alert-svc/engine/member.h"
#include "alert-svc/engine/sender.h"
#include "tests/simulation/queue.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert::sim {

// Prints what happens in a run, as it happens: a line each, with the day of the calendar and the
// second of the run. Silent until it is switched on.
class Trace {
 public:
  explicit Trace(const Queue& queue) : queue_(queue) {}
  void SwitchOn() { on_ = true; }

  void Say(const std::string& what) const;
  void Committed(const registry::v1::Change& change);
  void Streamed(const std::string& receipts) const;
  // Redis gives a member out, or is told when it is due; never, where it is taken out.
  void Claimed(const Member& member) const;
  void Placed(const Member& member, std::optional<absl::Time> due) const;
  // What becomes of a message at a replica: it is tried, taken, or over.
  void Sent(const char* what, int replica, const Message& message) const;

 private:
  std::string NameOf(const Member& member) const;

  const Queue& queue_;
  const absl::Time start_ = queue_.wall();
  bool on_ = false;
  std::map<std::uint64_t, std::string> names_;  // of deadlines and subscriptions, by number
};

}  // namespace vigil::alert::sim
