// The casebook's metrics, kept up to date with each commit, so that a scrape costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "registry-svc/casebook/snapshot.h"

namespace vigil::registry {

// vigil_cases, vigil_deadlines{kind,state}, vigil_journal_revision, vigil_store_commit_seconds,
// vigil_store_commit_errors_total, vigil_commit_batch_size, vigil_day_turn_total.
// Used by the writer's thread, but for TurnedDay.
class CasebookMetrics {
 public:
  // `metrics` outlives this.
  explicit CasebookMetrics(Metrics& metrics);

  // All of a state that was loaded.
  void Loaded(const Snapshot& snapshot);
  void Committed(absl::Duration took, size_t revisions, const absl::Status& status);
  // Files before (null: new) and after a commit.
  void Changed(const std::vector<std::pair<FilePtr, FilePtr>>& files, int64_t revision);
  void TurnedDay() { day_turns_.Increment(); }

 private:
  static constexpr int kKinds = v1::DeadlineKind_ARRAYSIZE;
  static constexpr int kStates = v1::DeadlineState_ARRAYSIZE;

  void Count(const CaseFile& file, int sign);

  prometheus::Gauge& cases_;
  prometheus::Gauge& revision_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Counter& commit_errors_;
  prometheus::Histogram& batch_size_;
  prometheus::Counter& day_turns_;
  prometheus::Family<prometheus::Gauge>& deadlines_;
  // Made when first counted: most of the 150 pairs never occur.
  std::array<std::array<prometheus::Gauge*, kStates>, kKinds> by_kind_{};
};

}  // namespace vigil::registry
