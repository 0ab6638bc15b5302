// Consumers of the feed with several replicas each, which die, and which are late: each change is
// to be acted upon once all the same.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/feed/core.h"
#include "tests/simulation/feed/ledger.h"
#include "tests/simulation/feed/truth.h"

namespace vigil::registry {

// One replica: it reads until it has something to write down, and then writes it, both when it is
// told to. In between anything may happen to it, and to the others of its consumer.
class Replica {
 public:
  // Goes on from where the ledger is.
  explicit Replica(Ledger& ledger) : ledger_(ledger), at_(ledger.position()) {}

  // Reads until it holds something, or nothing has come. What the registry did wrong, or nothing.
  std::string Read(Core& core, bool batch);
  // What it is to write down; nullptr: nothing.
  const Ledger::Entry* held() const { return held_ ? &*held_ : nullptr; }
  // Writes down what it holds. False: it was behind, and goes on from where the ledger is.
  bool Write(bool dies);
  // Its connection breaks; what it holds it keeps.
  void Disconnect();
  const Ledger& ledger() const { return ledger_; }

 private:
  class Stream;

  std::string Connect(Core& core, bool batch);
  std::string Ended(const absl::Status& status);
  void Hear(const v1::WatchChangesResponse& message);

  Ledger& ledger_;
  Position at_;
  std::shared_ptr<Stream> stream_;
  // The stream tells the state, and no change yet.
  bool in_snapshot_ = false;
  std::optional<Ledger::Entry> held_;
};

// Two consumers, one of them of all topics, and their replicas.
class ConsumerDesk {
 public:
  struct Counts {
    // Revisions acted upon; ledgers begun anew; writes of who was behind; replicas that died with
    // something in hand, and in the middle of a write; times a ledger lost what was written last.
    int64_t acted = 0, begun = 0, behind = 0, died = 0, died_writing = 0, lost = 0;
  };
  // `draw(n)` is below n.
  ConsumerDesk(const Truth& truth, Ledger::Bugs bugs, std::function<uint64_t(uint64_t)> draw,
               Counts& counts);

  // The registry dies. The replicas do not, and keep what they have heard.
  void Disconnect();
  // The journal goes another way: what was heard of it is not to be acted upon.
  void Forget() { replicas_.clear(); }

  // These return what was broken, or nothing.
  // A replica starts, dies, reads or writes; or a ledger loses what was written to it last.
  std::string Go(Core& core);
  // The faults end: one replica of each consumer comes to know all.
  std::string Finish(Core& core);

 private:
  std::string Write(Replica& replica, bool dies);
  void LoseWrites();

  const Truth& truth_;
  const std::function<uint64_t(uint64_t)> draw_;
  Counts& counts_;
  std::vector<Ledger> ledgers_, saved_;
  std::vector<std::unique_ptr<Replica>> replicas_;
};

}  // namespace vigil::registry
