#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert-svc/domain/plan.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::alert {

// Which reminders silences hold back at their time, as the cases are planned one by one.
class MuteWatch {
 public:
  // A case was planned.
  void Look(const CaseView& view, const PlanContext& context);
  void Reset();

  // Cases to plan anew: the time of something has come that a silence holds back.
  std::vector<std::string> TakeDue(absl::Time now);
  // A receipt of each reminder that is held back since it was asked last; one that is there already
  // may be among them, under the same id.
  std::vector<registry::v1::Receipt> TakeReceipts() { return std::exchange(receipts_, {}); }

 private:
  std::map<std::string, absl::Time> next_;  // by case
  std::set<std::pair<absl::Time, std::string>> in_order_;
  std::vector<registry::v1::Receipt> receipts_;
};

}  // namespace vigil::alert
