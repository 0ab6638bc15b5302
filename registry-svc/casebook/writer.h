// The one thread that changes things.
//
// Commands wait in a queue; up to some hundred of them share one transaction and one fsync (group
// commit), each as a revision of its own. Answers and changes go out only after the commit. A
// command that is refused changes nothing and does not touch its neighbours.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "registry-svc/casebook/casebook_metrics.h"
#include "registry-svc/casebook/draft.h"
#include "registry-svc/casebook/present_index.h"
#include "registry-svc/casebook/vocabularies.h"

namespace vigil::registry {

// One change to be made.
struct Command {
  Origin origin;
  // Checks and changes, as one step; ends or abandons nothing itself. On an error the step is
  // abandoned.
  std::function<absl::Status(Draft&)> apply;
  // Takes what the answer needs from the draft, after the step has ended.
  std::function<void(const Draft&)> keep;
  // With OK once all is durable, else with the refusal. Called once.
  std::function<void(const absl::Status&)> done;
  // Has a transaction of its own, which an error discards as a whole.
  bool exclusive = false;
  // The registry's own: never refused for want of room, as nobody would send it again.
  bool own = false;
};

class Writer {
 public:
  using Publish = std::function<void(const std::vector<std::shared_ptr<const Published>>&)>;

  struct Options {
    // Commands that share a transaction.
    int batch = 256;
    // Commands of callers that may wait; more are refused with RESOURCE_EXHAUSTED.
    size_t queue = 10'000;
    // What cases and facts may name; null: anything.
    std::shared_ptr<const Vocabularies> vocabularies;
  };

  // `publish` gets the changes of each transaction in order, on the writer's thread, after the
  // snapshot was replaced.
  Writer(Store& store, const Clock& clock, const RuleBook& rules, Random random,
         CasebookMetrics& metrics, std::shared_ptr<const Snapshot> first, Publish publish,
         const Options& options);
  // Runs what waits, then ends.
  ~Writer();

  // From any thread; never blocks. `done` may run before Submit returns where it is refused.
  void Submit(Command command);
  // Runs what waits, then refuses.
  void Stop();

  // The last durable state. Any thread; cheap.
  std::shared_ptr<const Snapshot> Present() const;
  // The same in the orders of the lists; a moment behind Present, never behind an answer.
  const PresentIndex& index() const { return index_; }

 private:
  void Run();
  std::deque<Command> Take();
  void RunBatch(std::deque<Command> commands);
  static absl::Status Apply(Draft& draft, Command& command, absl::Time now);
  absl::Status Commit(Draft& draft);

  Store& store_;
  const Clock& clock_;
  const RuleBook& rules_;
  const Random random_;
  CasebookMetrics& metrics_;
  const Publish publish_;
  const Options options_;

  mutable absl::Mutex present_mutex_;
  std::shared_ptr<const Snapshot> present_ ABSL_GUARDED_BY(present_mutex_);
  PresentIndex index_;

  absl::Mutex mutex_;
  std::deque<Command> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: the rest must be there when it starts
};

}  // namespace vigil::registry
