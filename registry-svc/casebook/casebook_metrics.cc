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

void CasebookMetrics::Count(const CaseFile& file, int sign) {
  if (file.record && !file.deleted()) cases_.Increment(sign);
  if (!file.present) return;
  for (const v1::Deadline& deadline : file.present->derived.deadlines) {
    prometheus::Gauge*& gauge = by_kind_[deadline.kind()][deadline.state()];
    if (gauge == nullptr) {
      gauge = &deadlines_.Add(
          {{"kind", Short(v1::DeadlineKind_Name(deadline.kind()), "DEADLINE_KIND_")},
           {"state", Short(v1::DeadlineState_Name(deadline.state()), "DEADLINE_STATE_")}});
    }
    gauge->Increment(sign);
  }
}

void CasebookMetrics::Loaded(const Snapshot& snapshot) {
  snapshot.ForEach([this](const FilePtr& file) { Count(*file, 1); });
  revision_.Set(static_cast<double>(snapshot.revision()));
}

void CasebookMetrics::Committed(absl::Duration took, size_t revisions, const absl::Status& status) {
  commit_seconds_.Observe(absl::ToDoubleSeconds(took));
  if (!status.ok()) return commit_errors_.Increment();
  batch_size_.Observe(static_cast<double>(revisions));
}

void CasebookMetrics::Changed(const std::vector<std::pair<FilePtr, FilePtr>>& files,
                              int64_t revision) {
  for (const auto& [before, after] : files) {
    if (before) Count(*before, -1);
    Count(*after, 1);
  }
  revision_.Set(static_cast<double>(revision));
}

}  // namespace vigil::registry
