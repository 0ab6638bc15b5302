#include "registry-svc/casebook/casebook_metrics.h"

#include <string>

namespace vigil::registry {
namespace {

const prometheus::Histogram::BucketBoundaries kBatchSizes = {1, 2, 4, 8, 16, 32, 64, 128, 256};

// `CUSTODY_LIMIT` of `DEADLINE_KIND_CUSTODY_LIMIT`.
std::string Short(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

}  // namespace

CasebookMetrics::CasebookMetrics(Metrics& metrics)
    : cases_(metrics.Gauge("vigil_cases", "Live cases.")),
      revision_(metrics.Gauge("vigil_journal_revision", "Last durable revision.")),
      commit_seconds_(
          metrics.Histogram("vigil_store_commit_seconds", "Time of a commit, its fsync included.")),
      commit_errors_(
          metrics.Counter("vigil_store_commit_errors_total", "Commits that were refused.")),
      batch_size_(metrics.Histogram("vigil_commit_batch_size", "Revisions that share a commit.", {},
                                    kBatchSizes)),
      day_turns_(metrics.Counter("vigil_day_turn_total", "Local midnights worked through.")),
      deadlines_(metrics.Gauges("vigil_deadlines", "Deadlines by kind and state, today.")) {}

void CasebookMetrics::Committed(absl::Duration took, size_t revisions, const absl::Status& status) {
  commit_seconds_.Observe(absl::ToDoubleSeconds(took));
  if (!status.ok()) return commit_errors_.Increment();
  batch_size_.Observe(static_cast<double>(revisions));
}

void CasebookMetrics::Present(const PresentCounts& counts) {
  cases_.Set(static_cast<double>(counts.live_cases));
  revision_.Set(static_cast<double>(counts.revision));
  for (size_t kind = 0; kind < by_kind_.size(); ++kind) {
    for (size_t state = 0; state < by_kind_[kind].size(); ++state) {
      const int64_t count = counts.deadlines[kind][state];
      prometheus::Gauge*& gauge = by_kind_[kind][state];
      if (gauge == nullptr && count == 0) continue;
      if (gauge == nullptr) gauge = &GaugeOf(static_cast<int>(kind), static_cast<int>(state));
      gauge->Set(static_cast<double>(count));
    }
  }
}

prometheus::Gauge& CasebookMetrics::GaugeOf(int kind, int state) {
  const std::string kind_name = v1::DeadlineKind_Name(static_cast<v1::DeadlineKind>(kind));
  const std::string state_name = v1::DeadlineState_Name(static_cast<v1::DeadlineState>(state));
  return deadlines_.Add({{"kind", Short(kind_name, "DEADLINE_KIND_")},
                         {"state", Short(state_name, "DEADLINE_STATE_")}});
}

}  // namespace vigil::registry
