// One watcher of the journal, over gRPC.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/journal/hub.h"
#include "registry-svc/rpc/backend.h"
#include "registry-svc/rpc/watcher.h"
#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// A reactor without a thread of its own: writes what its Watcher says, and reads from disk by the
// read pool. The messages come serialized, and are shared with all who watch the same topics.
class WatchStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                          public Listener,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // Starts a stream that lives until gRPC is done with it.
  static WatchStream* Start(const Backend& backend, grpc::CallbackServerContext& context,
                            const v1::WatchChangesRequest& request, std::string trace_id);

  WatchStream(const Backend& backend, grpc::CallbackServerContext& context,
              const v1::WatchChangesRequest& request, std::string trace_id);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void OnNews() override;
  void OnTick() override;
  void OnClose() override;

 private:
  // Does what the watcher says, until it must wait.
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Read() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status);

  const Backend& backend_;
  grpc::CallbackServerContext& context_;
  const std::string trace_id_;
  const std::chrono::steady_clock::time_point start_;

  absl::Mutex mutex_;
  std::shared_ptr<WatchStream> self_ ABSL_GUARDED_BY(mutex_);
  Watcher watcher_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace vigil::registry
