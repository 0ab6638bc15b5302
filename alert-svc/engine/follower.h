#pragma once

#include <functional>
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

  // Starts over from a snapshot, as if the journal had refused to go on: what was folded from it is
  // forgotten, and every shard compared anew.
  void StartAnew();

 private:
  Task<void> Run();
  void OnMessage(registry::v1::WatchChangesResponse message);
  void KnowUntil(absl::Time recorded);
  void StartOver();

  Core& core_;
  std::string token_;
  bool snapshot_begun_ = false;
  // Of a revision that is not yet whole.
  registry::v1::Change parts_;
  std::unique_ptr<FeedStream> stream_;
  std::function<void(absl::Status)> end_;  // ends what runs of the stream
};

}  // namespace vigil::alert
