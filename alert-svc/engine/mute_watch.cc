#include "alert-svc/engine/mute_watch.h"

namespace vigil::alert {
namespace {

using registry::v1::Receipt;

registry::v1::DeadlineKind KindOf(const CaseView& view, const Planned& planned) {
  for (const DeadlineView& own : view.deadlines) {
    if (own.deadline->name() == planned.deadline) return own.deadline->kind();
  }
  return registry::v1::DEADLINE_KIND_UNSPECIFIED;
}

// Nothing was tried. An alert that nobody heard of has not started: it escalates by the policy of
// when somebody does.
Receipt MutedReceipt(const CaseView& view, Planned planned, absl::Time now) {
  planned.attempts = -1;
  Receipt receipt = ReceiptOf(planned, view.name, KindOf(view, planned), Receipt::KIND_MUTED, now);
  receipt.clear_escalate_after_hours();
  return receipt;
}

}  // namespace

void MuteWatch::Reset() { *this = MuteWatch(most_); }

void MuteWatch::Keep(const CaseView& view, Planned planned, absl::Time now) {
  if (count_ >= most_) {
    left_out_.insert(view.name);
    return;
  }
  Receipt receipt = MutedReceipt(view, std::move(planned), now);
  std::string id = receipt.id();
  const int shard = ShardOf(view.name, kShardCount);
  count_ += receipts_[shard].try_emplace(std::move(id), std::move(receipt)).second;
}

void MuteWatch::Look(const CaseView& view, const PlanContext& context) {
  Muted muted = MutedOf(view, context);
  for (Planned& planned : muted.now) Keep(view, std::move(planned), context.now);
  if (auto it = next_.find(view.name); it != next_.end()) {
    in_order_.erase({it->second, view.name});
    next_.erase(it);
  }
  if (muted.next == absl::InfiniteFuture()) return;
  next_[view.name] = muted.next;
  in_order_.insert({muted.next, view.name});
}

std::vector<std::string> MuteWatch::TakeDue(absl::Time now) {
  std::vector<std::string> due;
  while (!in_order_.empty() && in_order_.begin()->first <= now) {
    due.push_back(in_order_.begin()->second);
    next_.erase(due.back());
    in_order_.erase(in_order_.begin());
  }
  if (count_ > most_ / 2) return due;
  for (std::size_t room = most_ - count_; room > 0 && !left_out_.empty(); --room) {
    due.push_back(std::move(left_out_.extract(left_out_.begin()).value()));
  }
  return due;
}

}  // namespace vigil::alert
