#pragma once

#include <memory>
#include <string>

#include "alert-svc/engine/core.h"

namespace vigil::alert {

// The first stage, `follow`: keeps the world at the journal's head, for as long as it lives. Starts
// from a snapshot, resumes after a break from the last token, and starts over where the journal
// refuses it (a restored journal).
class Follower {
 public:
  explicit Follower(Core& core) : core_(core) {}

  // Starts; once.
  void Start();

 private:
  Task<void> Run();
  void OnMessage(registry::v1::WatchChangesResponse message);
  void StartOver();

  Core& core_;
  std::string token_;
  bool snapshot_begun_ = false;
  // Of a revision that is not yet whole.
  registry::v1::Change parts_;
  std::unique_ptr<FeedStream> stream_;
};

}  // namespace vigil::alert
