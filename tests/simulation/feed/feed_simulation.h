// One writer and many watchers, with kills, lost answers, restores, compaction and slow readers,
// from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/simulation/feed/consumer_desk.h"
#include "tests/simulation/feed/core.h"
#include "tests/simulation/feed/gateway_desk.h"
#include "tests/simulation/feed/judge.h"
#include "tests/simulation/feed/shard_desk.h"
#include "tests/simulation/feed/truth.h"
#include "tests/testing/manual_clock.h"

namespace vigil::registry {

// A promise to break on purpose, to see that it is noticed.
enum class FeedBug {
  kNone,
  kEarly,   // tells of changes before they are durable
  kDrop,    // now and then a message is lost
  kDouble,  // now and then a message comes twice
  kShard,   // now and then a part of a shard is lost
  kGap,     // what comes first after a snapshot is lost
  kAhead,   // a bookmark of what was not told yet
  kSlow,    // the token of a slow watcher's end leaves a revision out
  kToken,   // a token is never refused
  kBehind,  // who is behind may act
  kTorn,    // a consumer's token is written apart from what it did
  kLine,    // the gateway now and then loses a line of NDJSON
  kId,      // the id of a server-sent event is that of a later one
};

// A run of the real store, casebook, hub and watchers in one thread; only the writer has a thread
// of its own, and is waited for. The same seed makes the same run.
class FeedSimulation {
 public:
  struct Options {
    uint64_t seed = 1;
    int steps = 300;
    // An empty folder.
    std::string folder;
    FeedBug bug = FeedBug::kNone;
  };
  // What happened, to show that it did.
  struct Counts {
    int64_t revisions = 0, messages = 0, watches = 0, refusals = 0, slow = 0, kills = 0,
            restores = 0, compactions = 0, parts = 0;
    ShardDesk::Counts shards;
    ConsumerDesk::Counts consumers;
    GatewayReader::Counts gateway;
  };

  FeedSimulation(const Options& options, const RuleBook& rules);
  ~FeedSimulation();

  // The first promise that was broken, with the step; empty where all were kept.
  std::string Run();
  const Counts& counts() const { return counts_; }

 private:
  class Client;
  struct Command {
    // What the journal must hold where it was answered with OK.
    std::string mark;
    bool answered = false;
    bool ok = false;
  };

  uint64_t Draw(uint64_t below) {
    return std::uniform_int_distribution<uint64_t>(0, below - 1)(random_);
  }
  bool Chance(int percent) { return Draw(100) < static_cast<uint64_t>(percent); }

  void Step();
  void StepClients(uint64_t dice);
  void Open();
  void Kill();
  void Restore();
  void Backup();
  void Learn();

  // One command; with `record` one that surely commits.
  std::shared_ptr<Command> Submit(bool record);
  void SubmitDeletion(const std::function<void(const absl::StatusOr<v1::Case>&)>& answer);
  void AwaitWriter();
  void WriteTogether();
  void WriteAndFail();
  void CheckAnswers(const std::vector<std::shared_ptr<Command>>& commands, bool lost);

  void StartClient();
  void StartFromOldToken();
  // Gives it the token of what is there.
  void MakeAcceptable(v1::WatchChangesRequest& request) const;
  void Start(const v1::WatchChangesRequest& request, const std::string& expected_refusal,
             std::optional<int64_t> after);
  void CloseAll();
  std::string ExpectedRefusal(const OldToken& token) const;
  void Go(Client& client, int messages);
  // A message on its way to the client, as a broken registry would tell it.
  void Hear(Client& client, v1::WatchChangesResponse message);
  void Ended(Client& client);
  void Keep(const Client& client);
  void Finish();
  void Require(bool kept, const std::string& what);
  void Require(const std::string& broken);

  const Options options_;
  const RuleBook& rules_;
  ManualClock clock_;
  std::mt19937_64 random_, core_random_, gateway_random_;
  std::string broken_;
  int step_ = 0;
  int epoch_ = 0;
  int64_t marks_ = 0;
  bool has_backup_ = false;
  int64_t compacted_ = 0;
  Truth truth_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<ShardDesk> shards_;
  std::vector<std::shared_ptr<Client>> clients_;
  std::vector<OldToken> tokens_;
  // Live ones, and some that are not.
  std::vector<std::string> cases_, deleted_;
  Counts counts_;
  ConsumerDesk consumers_;
  GatewayDesk gateway_;  // last, as its streams are of the core
};

}  // namespace vigil::registry
