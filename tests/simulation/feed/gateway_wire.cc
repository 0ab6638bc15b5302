#include "tests/simulation/feed/gateway_wire.h"

#include <cstdlib>

#include "common/rpc/status.h"

namespace vigil::registry {

PulledStream::PulledStream(Core& core, const v1::WatchChangesRequest& request,
                           gateway::upstream::StreamEvents events)
    : events_(std::move(events)) {
  watch_.emplace(core, request);
}

void PulledStream::OnTick() {
  if (watch_) watch_->watcher().Tick();
}

bool PulledStream::Pump() {
  if (!watch_) return false;
  if (cancelled_) {
    End(grpc::Status(grpc::StatusCode::CANCELLED, "the reader has gone"));
    return true;
  }
  // What comes while nobody asks waits in the transport.
  const bool holds = watch_->Pull();
  if (watch_->ended()) {
    End(rpc::ToGrpcStatus(watch_->status()));
    return true;
  }
  if (!opened_) {
    opened_ = true;
    if (events_.on_open) events_.on_open();
    return true;
  }
  if (!holds || !wanted_) return false;
  wanted_ = false;
  events_.on_message(gateway::upstream::ToByteBuffer(watch_->Take().SerializeAsString()));
  return true;
}

void PulledStream::Break() {
  if (watch_) End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed"));
}

void PulledStream::End(const grpc::Status& status) {
  watch_.reset();
  // The events hold the reader, who holds this.
  const gateway::upstream::StreamEvents events = std::exchange(events_, {});
  events.on_done(status);
}

void PulledCaller::Unary(const std::string&, grpc::ByteBuffer,
                         const gateway::upstream::CallOptions&, gateway::upstream::UnaryDone) {
  std::abort();
}

std::shared_ptr<gateway::upstream::ServerStream> PulledCaller::Open(
    const std::string&, grpc::ByteBuffer request, const gateway::upstream::CallOptions&,
    gateway::upstream::StreamEvents events) {
  v1::WatchChangesRequest parsed;
  if (!parsed.ParseFromString(gateway::upstream::ToString(request))) std::abort();
  stream_ = std::make_shared<PulledStream>(*core_, parsed, std::move(events));
  core_->hub().Listen(stream_);
  return stream_;
}

void Socket::Write(std::string bytes, std::function<void(bool)> done) {
  if (!left_) return pieces_.push_back({.bytes = std::move(bytes), .done = std::move(done)});
  if (done) done(false);
}

void Socket::OnGone(std::function<void()> gone) {
  if (left_) return gone();
  gone_ = std::move(gone);
}

bool Socket::Take(std::string& text) {
  if (pieces_.empty()) return false;
  const Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  text += piece.bytes;
  if (piece.done) piece.done(true);
  return true;
}

void Socket::Leave(size_t bytes, std::string& text) {
  left_ = true;
  if (!pieces_.empty()) text += pieces_.front().bytes.substr(0, bytes);
  if (gone_) gone_();
  for (const Piece& piece : std::exchange(pieces_, {})) {
    if (piece.done) piece.done(false);
  }
}

}  // namespace vigil::registry
