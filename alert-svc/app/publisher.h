#pragma once

#include "alert-svc/app/engine_metrics.h"
#include "alert-svc/rpc/alert_book.h"

namespace vigil::alert {

// Brings what the engine knows into the book that the API reads. On the engine's thread.
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
  AlertBook& book_;
  Executor& executor_;
  Engine* engine_ = nullptr;
  bool queued_ = false;
};

}  // namespace vigil::alert
