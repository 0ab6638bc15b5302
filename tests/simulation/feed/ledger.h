// Where the replicas of a consumer keep what they did upon the journal, beside how far they have
// followed it: lines 8 and 10 of the feed's contract.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/feed/truth.h"

namespace vigil::registry {

// How far somebody has followed.
struct Position {
  // How often the ledger was begun anew, from a snapshot.
  int64_t life = 0;
  int64_t revision = 0;
  // What to resume with; empty: a snapshot.
  std::string token;
};

// Survives whoever writes to it. Each revision is to be acted upon once, whoever dies, and whoever
// is late.
class Ledger {
 public:
  // Promises to break on purpose.
  struct Bugs {
    bool no_fence = false;  // whoever is behind may write
    bool torn = false;      // the token is one write, and what was done another
  };
  struct Entry {
    Position to;
    // What was acted upon on the way there.
    std::vector<int64_t> revisions;
    // Begins anew with the state of the revision, instead of going on to it.
    bool begins = false;
  };

  Ledger(TopicMask topics, Bugs bugs) : topics_(topics), bugs_(bugs) {}

  TopicMask topics() const { return topics_; }
  const Position& position() const { return position_; }

  // One write, of somebody who has followed as far as `from`. False where the ledger is elsewhere:
  // nothing happens. `dies`: the writer dies within it.
  bool Write(const Position& from, const Entry& entry, bool dies);

  // What was done twice, or is left out although the token is behind it; nothing where all is well.
  std::string Judge(const Truth& truth) const;

 private:
  TopicMask topics_;
  Bugs bugs_;
  Position position_;
  // The revision whose state it began with.
  int64_t begun_ = 0;
  // Acted upon since, in order.
  std::vector<int64_t> acted_;
};

}  // namespace vigil::registry
