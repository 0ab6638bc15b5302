#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "alert-svc/rpc/alert_book.h"
#include "common/rpc/guard.h"

namespace vigil::alert {

// One watcher of alerts: writes one message at a time, and pulls what comes next from the book. It
// ends with RESOURCE_EXHAUSTED `SLOW_WATCHER` where it falls behind what the book keeps, and with
// UNAVAILABLE when the service stops.
class WatchStream final : public grpc::ServerWriteReactor<v1::WatchAlertsResponse>,
                          public AlertBook::Watcher,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // Starts a stream that lives until gRPC is done with it.
  static WatchStream* Start(AlertBook& book, const rpc::CallGuard& guard, std::string method,
                            std::string trace_id, AlertBook::StartingPoint point);

  WatchStream(AlertBook& book, const rpc::CallGuard& guard, std::string method,
              std::string trace_id);

  void OnNews() override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(std::int64_t number, const v1::Alert& alert) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  AlertBook& book_;
  const rpc::CallGuard& guard_;
  const std::string method_;
  const std::string trace_id_;
  const absl::Time start_;

  absl::Mutex mutex_;
  std::shared_ptr<WatchStream> self_ ABSL_GUARDED_BY(mutex_);
  std::deque<AlertPtr> first_ ABSL_GUARDED_BY(mutex_);
  std::int64_t after_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  v1::WatchAlertsResponse message_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::alert
