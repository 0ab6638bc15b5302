#include "alert-svc/engine/way_watch.h"

namespace vigil::alert {
namespace {

// The longest pause is 24 hours and a tenth of them.
constexpr absl::Duration kForgotten = absl::Hours(27);

}  // namespace

void WayWatch::Note(const std::string& receiver, const Outcome& outcome, absl::Duration now) {
  if (outcome.said == Outcome::Said::kNothing) return;
  if (outcome.said == Outcome::Said::kAnswered) {
    failures_.reset();
    return;
  }
  if (!failures_ || now - failures_->last > kForgotten) failures_ = Failures{now, now, receiver};
  failures_->last = now;
  if (outcome.ours || receiver != failures_->receiver) failures_->broken = true;
}

absl::Duration WayWatch::Failing(absl::Duration now) const {
  if (!failures_ || !failures_->broken || now - failures_->last > kForgotten) return {};
  return failures_->last - failures_->first;
}

}  // namespace vigil::alert
