// The registry below gRPC: one process of it, to be killed and opened again on the same database.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/metrics/metrics.h"
#include "registry-svc/casebook/casebook.h"
#include "registry-svc/journal/topics.h"
#include "registry-svc/rpc/watcher.h"
#include "tests/testing/manual_clock.h"
#include "tests/unit/registry/faulty_store.h"

namespace vigil::registry {

// The real store, casebook, hub and tokens; nothing runs by itself but the writer, which a caller
// waits for.
class Core {
 public:
  struct Options {
    // The database.
    std::string path;
    Hub::Options hub;
    // Bound of a message.
    size_t message_bytes = 1 << 20;
    Random random = SecureRandom();
    // Tells of changes before they are durable: breaks a promise on purpose.
    bool tell_early = false;
  };

  // Errors: those of the store and of the casebook.
  static absl::StatusOr<std::unique_ptr<Core>> Open(const Options& options, const Clock& clock,
                                                    const RuleBook& rules);
  ~Core();

  FaultyStore& store() { return *store_; }
  Casebook& book() { return *book_; }
  Hub& hub() { return hub_; }
  WatchHistory& history() { return history_; }
  const TokenSealer& tokens() const { return *tokens_; }
  Feed feed() const;

 private:
  explicit Core(const Options& options);

  const Options options_;
  std::unique_ptr<FaultyStore> store_;
  Metrics metrics_;
  CasebookMetrics casebook_metrics_{metrics_};
  Hub hub_;
  std::unique_ptr<Casebook> book_;
  std::unique_ptr<TokenSealer> tokens_;
  WatchHistory history_;
};

// Of a watch that goes on after a token, or begins with a snapshot where there is none.
v1::WatchChangesRequest RequestFor(TopicMask topics, bool batch, const std::string& token);

// A watch that is pulled by hand, and the transport that takes its messages or does not.
class PulledWatch {
 public:
  PulledWatch(Core& core, const v1::WatchChangesRequest& request);

  // Goes on until there is a message, which the transport then holds, or nothing to do. False: no
  // message.
  bool Pull();
  // Takes the message from the transport.
  v1::WatchChangesResponse Take();
  // Pulls and takes until nothing is left.
  std::vector<v1::WatchChangesResponse> Drain();

  bool holding() const { return holding_; }
  bool ended() const { return ended_; }
  absl::Status status() const { return watcher_.status(); }
  Watcher& watcher() { return watcher_; }

 private:
  Core& core_;
  Watcher watcher_;
  bool holding_ = false;
  bool ended_ = false;
};

}  // namespace vigil::registry
