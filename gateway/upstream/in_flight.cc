#include "gateway/upstream/in_flight.h"

namespace vigil::gateway::upstream {

bool InFlight::Enter(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  if (!draining_) contexts_.insert(context);
  return !draining_;
}

void InFlight::Leave(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  contexts_.erase(context);
  if (contexts_.empty()) none_left_.notify_all();
}

void InFlight::Drain(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  const auto none = [this] { return contexts_.empty(); };
  if (none_left_.wait_for(lock, absl::ToChronoMilliseconds(patience), none)) return;
  for (grpc::ClientContext* context : contexts_) context->TryCancel();
  none_left_.wait(lock, none);
}

}  // namespace vigil::gateway::upstream
