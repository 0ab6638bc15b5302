#include "registry-svc/rpc/shard_stream.h"

#include <utility>

#include "common/rpc/status.h"
#include "common/rpc/stream.h"

namespace vigil::registry {

ShardStream::ShardStream(const rpc::CallGuard& guard, std::string trace_id, ShardParts parts)
    : guard_(guard),
      trace_id_(std::move(trace_id)),
      start_(std::chrono::steady_clock::now()),
      parts_(std::move(parts)) {
  WriteNext();
}

void ShardStream::WriteNext() {
  if (parts_.Next(message_)) return StartWrite(&message_);
  Finish(grpc::Status::OK);
}

void ShardStream::OnWriteDone(bool ok) {
  if (ok) return WriteNext();
  status_ = absl::CancelledError("the caller has gone");
  Finish(rpc::ToGrpcStatus(status_));
}

void ShardStream::OnDone() {
  rpc::StreamEnded(guard_, "vigil.registry.v1.JournalService/StreamShard", trace_id_, status_,
                   absl::FromChrono(std::chrono::steady_clock::now() - start_));
  delete this;
}

}  // namespace vigil::registry
