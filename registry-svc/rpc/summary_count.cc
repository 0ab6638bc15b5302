#include "registry-svc/rpc/summary_count.h"

#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

bool IsHeadline(v1::Situation situation) {
  switch (situation) {
    case v1::SITUATION_IMPRISONED:
    case v1::SITUATION_IN_DETENTION:
    case v1::SITUATION_IN_PSYCHIATRIC_HOSPITAL:
    case v1::SITUATION_UNDER_PREVENTIVE_MEASURE:
    case v1::SITUATION_UNDER_RESTRICTION:
    case v1::SITUATION_ABROAD_AT_RISK:
      return true;
    default:
      return false;
  }
}

}  // namespace

void SummaryCount::Add(const CaseFile& file, const DayReading& reading) {
  for (const v1::Deadline& deadline : reading.derived.deadlines) ++states_[deadline.state()];
  if (!file.record) return;
  ++cases_;
  ++situations_[ToldCase(reading).situation()];
}

void SummaryCount::Add(const PresentCounts& counts) {
  cases_ += counts.live_cases;
  for (size_t i = 0; i < situations_.size(); ++i) situations_[i] += counts.situations[i];
  for (const auto& states : counts.deadlines) {
    for (size_t i = 0; i < states_.size(); ++i) states_[i] += states[i];
  }
}

v1::Summary SummaryCount::Take(civil::Day as_of, int64_t revision) const {
  v1::Summary summary;
  summary.set_case_count(static_cast<int>(cases_));
  for (int i = 1; i < v1::Situation_ARRAYSIZE; ++i) {
    auto& row = *summary.add_situation_counts();
    row.set_situation(static_cast<v1::Situation>(i));
    row.set_count(static_cast<int>(situations_[i]));
    if (!IsHeadline(row.situation())) continue;
    summary.set_headline_count(summary.headline_count() + row.count());
  }
  for (int i = 1; i < v1::DeadlineState_ARRAYSIZE; ++i) {
    auto& row = *summary.add_deadline_counts();
    row.set_state(static_cast<v1::DeadlineState>(i));
    row.set_count(static_cast<int>(states_[i]));
  }
  summary.set_as_of(civil::FormatDay(as_of));
  summary.set_revision(revision);
  return summary;
}

}  // namespace vigil::registry
