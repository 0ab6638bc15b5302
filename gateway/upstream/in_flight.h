#pragma once

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <mutex>
#include <unordered_set>

#include "absl/time/time.h"

namespace vigil::gateway::upstream {

/// The calls of one backend that are under way, so that what their callbacks refer to is not
/// destroyed before them. Thread-safe.
class InFlight {
 public:
  /// False where Drain has begun: the call must not be made.
  bool Enter(grpc::ClientContext* context);
  /// After the call's last callback.
  void Leave(grpc::ClientContext* context);
  /// Takes no new calls, gives those under way `patience`, cancels what is left, and returns when
  /// all are over.
  void Drain(absl::Duration patience);

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  std::unordered_set<grpc::ClientContext*> contexts_;  // Under mutex_.
  bool draining_ = false;                              // Under mutex_.
};

}  // namespace vigil::gateway::upstream
