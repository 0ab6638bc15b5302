// The casebook's metrics, kept up to date with each commit, so that a scrape costs nothing.
#pragma once

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "registry-svc/casebook/present_index.h"

namespace vigil::registry {

// vigil_cases, vigil_deadlines{kind,state}, vigil_journal_revision, vigil_store_commit_seconds,
// vigil_store_commit_errors_total, vigil_commit_batch_size, vigil_day_turn_total.
// Used by the writer's thread, but for TurnedDay.
class CasebookMetrics {
 public:
  // `metrics` outlives this.
  explicit CasebookMetrics(Metrics& metrics);

  void Committed(absl::Duration took, size_t revisions, const absl::Status& status);
  // After a start and after each commit.
  void Present(const PresentCounts& counts);
  void TurnedDay() { day_turns_.Increment(); }

 private:
  prometheus::Gauge& GaugeOf(int kind, int state);

  prometheus::Gauge& cases_;
  prometheus::Gauge& revision_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Counter& commit_errors_;
  prometheus::Histogram& batch_size_;
  prometheus::Counter& day_turns_;
  prometheus::Family<prometheus::Gauge>& deadlines_;
  // Made when first counted: most of the 150 pairs never occur.
  std::array<std::array<prometheus::Gauge*, v1::DeadlineState_ARRAYSIZE>,
             v1::DeadlineKind_ARRAYSIZE>
      by_kind_{};
};

}  // namespace vigil::registry
