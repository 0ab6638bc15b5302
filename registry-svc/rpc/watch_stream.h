// One watcher of the journal.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/journal/token.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/parts.h"
#include "vigil/registry/v1/journal.grpc.pb.h"

namespace vigil::registry {

// A reactor without a thread of its own: it writes one message at a time, and what it writes next
// it pulls from the snapshot, from the hub's ring, or from disk by the read pool. A watcher that
// was up to date and has fallen out of the ring is closed with SLOW_WATCHER.
class WatchStream final : public grpc::ServerWriteReactor<v1::WatchChangesResponse>,
                          public Listener,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // Starts a stream that lives until gRPC is done with it.
  static WatchStream* Start(const Backend& backend, const v1::WatchChangesRequest& request,
                            std::string trace_id);

  WatchStream(const Backend& backend, const v1::WatchChangesRequest& request, std::string trace_id);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void OnNews() override;
  void OnTick() override;
  void OnClose() override;

 private:
  void Begin(const v1::WatchChangesRequest& request);
  void CheckToken(const ResumePoint& point);
  void Resume(int64_t revision, std::string hash);
  void ReadHistory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeHistory(absl::StatusOr<std::vector<JournalEntry>> entries);

  // Writes the next message where there is one and none is under way.
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool PumpSnapshot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The change after the cursor; null where it must wait, or the stream ends.
  std::shared_ptr<const Published> NextChange() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Fills in the wanted items; false where there are none.
  bool Fill(const Published& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteBookmark() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string Token() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Backend& backend_;
  const std::string trace_id_;
  const std::chrono::steady_clock::time_point start_;
  const std::set<int> topics_;

  absl::Mutex mutex_;
  std::shared_ptr<WatchStream> self_ ABSL_GUARDED_BY(mutex_);
  std::optional<SnapshotParts> snapshot_ ABSL_GUARDED_BY(mutex_);
  // What was read from disk and not yet told.
  std::deque<std::shared_ptr<const Published>> history_ ABSL_GUARDED_BY(mutex_);
  // All up to here was told, or was of no wanted topic.
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string hash_ ABSL_GUARDED_BY(mutex_);
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool live_ ABSL_GUARDED_BY(mutex_) = false;
  bool quiet_ ABSL_GUARDED_BY(mutex_) = true;  // nothing written since the last tick
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  v1::WatchChangesResponse message_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace vigil::registry
