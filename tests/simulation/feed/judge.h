// Holds one watch to the contract of the feed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/simulation/feed/truth.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// What a watch was given, to go on from, perhaps much later.
struct OldToken {
  std::string token;
  int64_t revision = 0;
  // Of the revision's entry.
  std::string hash;
  TopicMask topics = kAllTopics;
  // Of the journal.
  int epoch = 0;
};

// Judges what a watch tells, message by message, against what is durable. Each method returns what
// was broken, or nothing.
class Judge {
 public:
  // A watch that goes on after a revision, or (nothing) begins with a snapshot.
  Judge(const Truth& truth, TopicMask topics, std::optional<int64_t> after)
      : truth_(truth), topics_(topics), in_snapshot_(!after), at_(after.value_or(0)) {}

  std::string Hear(const v1::WatchChangesResponse& message);
  // Nothing is left to be told, and the watch was woken for all there was.
  std::string AtRest() const;

  // The state is still being told, from which it goes on.
  bool in_snapshot() const { return in_snapshot_; }
  // All of the wanted topics up to here was told.
  int64_t at() const { return at_; }
  // What to resume with; empty: begin with a snapshot.
  const std::string& token() const { return token_; }
  int64_t token_revision() const { return token_revision_; }

 private:
  std::string HearSnapshot(const v1::Change& part, int64_t revision);
  std::string HearBookmark(const v1::WatchChangesResponse& message);
  std::string HearChange(const v1::Change& change, bool more);

  const Truth& truth_;
  const TopicMask topics_;
  bool in_snapshot_;
  std::optional<int64_t> snapshot_revision_;
  Truth::State snapshot_;
  // The parts of a revision that have come.
  std::optional<v1::Change> parts_;
  int64_t at_;
  std::string token_;
  int64_t token_revision_ = 0;
};

}  // namespace vigil::registry
