#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "common/shard/shard.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Which reminders silences hold back at their time, as the cases are planned one by one.
class MuteWatch {
 public:
  // Receipts by id.
  using Receipts = std::map<std::string, registry::v1::Receipt>;

  // `most`: receipts that are kept at one time; of cases that have more the rest is found again
  // when there is room.
  explicit MuteWatch(std::size_t most = 10'000) : most_(most) {}

  // A case was planned.
  void Look(const CaseView& view, const PlanContext& context);
  void Reset();

  // Cases to plan anew: the time of something has come that a silence holds back, or there is room
  // for what was left out.
  std::vector<std::string> TakeDue(absl::Time now);
  // Of each reminder of a shard's cases that is held back and is not dropped yet; one that is
  // journaled already may be among them, under the same id.
  const Receipts& ReceiptsOf(int shard) const { return receipts_[shard]; }
  void Drop(int shard, const std::string& id) { count_ -= receipts_[shard].erase(id); }

 private:
  void Keep(const CaseView& view, Planned planned, absl::Time now);

  std::size_t most_;
  std::map<std::string, absl::Time> next_;  // by case
  std::set<std::pair<absl::Time, std::string>> in_order_;
  std::array<Receipts, kShardCount> receipts_;
  std::size_t count_ = 0;           // of them all
  std::set<std::string> left_out_;  // cases
};

}  // namespace vigil::alert
