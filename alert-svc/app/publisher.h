#pragma once

#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "alert-svc/app/engine_metrics.h"
#include "alert-svc/rpc/alert_book.h"

namespace vigil::alert {

// Brings what the engine knows into the book that the API reads; when a day turns on which a
// deadline is due or has passed, that too. On the engine's thread.
class Publisher final : public EngineMetrics {
 public:
  // All that is passed outlives it.
  Publisher(Metrics& metrics, AlertBook& book, Executor& executor)
      : EngineMetrics(metrics), book_(book), executor_(executor) {}

  // The engine that is published, before it starts; null before it goes.
  void Follow(Engine* engine) { engine_ = engine; }
  // Publishes what changed, now.
  void Flush();

  // Publishes soon; what changes together is published together.
  void AlertsChanged() override;

 private:
  std::set<std::string> TakeTurned(absl::Time now);
  void AwaitTurn();

  AlertBook& book_;
  Executor& executor_;
  Engine* engine_ = nullptr;
  bool queued_ = false;
  // Cases by when a day turns for one of their deadlines. One too many does no harm.
  std::set<std::pair<absl::Time, std::string>> turns_;
  Executor::TimerId timer_ = 0;  // for the first of them
};

}  // namespace vigil::alert
