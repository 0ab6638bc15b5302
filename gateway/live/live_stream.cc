#include "gateway/live/live_stream.h"

#include <mutex>

#include "common/rpc/errors.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/transcoder.h"
#include "gateway/upstream/explain.h"

namespace vigil::gateway::live {
namespace {

class LiveStream : public std::enable_shared_from_this<LiveStream> {
 public:
  LiveStream(const transcode::Route& route, const StreamFormat& format, ServedCall call,
             const LiveStreamOptions& options, std::shared_ptr<http::Responder> responder,
             std::function<void(http::Response*)> decorate)
      : route_(route),
        format_(format),
        call_(call),
        options_(options),
        responder_(std::move(responder)),
        decorate_(std::move(decorate)) {}

  void Begin(upstream::Caller& caller, const std::string& request,
             const upstream::CallOptions& call_options) {
    upstream::StreamEvents events;
    events.on_open = [self = shared_from_this()] { self->OpenResponse(); };
    events.on_message = [self = shared_from_this()](grpc::ByteBuffer bytes) {
      self->OnMessage(bytes);
    };
    events.on_done = [self = shared_from_this()](grpc::Status status) { self->OnDone(status); };
    std::shared_ptr<upstream::ServerStream> source = caller.Open(
        route_.rpc_path, upstream::ToByteBuffer(request), call_options, std::move(events));
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      source_ = source;
      Tick(options_.open_within);
    }
    source->Read();
  }

 private:
  // Starts the answer, once. The lock must not be held.
  void OpenResponse() {
    std::shared_ptr<http::Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      if (stream_ || ended_) return;
      http::Response head;
      head.headers.Add("Content-Type", format_.ContentType());
      head.headers.Add("Cache-Control", "no-store");
      head.headers.Add("X-Accel-Buffering", "no");
      decorate_(&head);
      stream = stream_ = responder_->Start(std::move(head));
      // Under the lock: a message that came meanwhile waits, and follows the preamble.
      stream->Write(format_.Preamble(), nullptr);
    }
    stream->OnGone([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->OnGone();
    });
  }

  void OnMessage(const grpc::ByteBuffer& bytes) {
    OpenResponse();
    const auto message = transcode::NewMessage(*route_.rpc->output_type());
    absl::StatusOr<std::string> text = rpc::Internal("BAD_MESSAGE", {}, "a message cannot be read");
    if (message->ParseFromString(upstream::ToString(bytes))) text = format_.Message(*message);
    std::shared_ptr<http::Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      if (ended_ || !stream_) return;
      if (!text.ok()) {
        broken_ = text.status();
        source_->Cancel();
        return;
      }
      quiet_ = false;
      stream = stream_;
    }
    // Not under the lock: where the client is gone already, the callback runs inside the call.
    stream->Write(*std::move(text), [self = shared_from_this()](bool written) {
      const std::lock_guard guard(self->mutex_);
      if (self->ended_ || !self->source_) return;
      if (written) {
        self->source_->Read();
      } else {
        self->source_->Cancel();
      }
    });
  }

  void OnGone() {
    const std::lock_guard lock(mutex_);
    if (source_) source_->Cancel();
  }

  void OnDone(const grpc::Status& status) {
    std::shared_ptr<http::Stream> stream;
    std::shared_ptr<http::Responder> responder;
    absl::Status reason = upstream::Explain(status);
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      if (!broken_.ok()) reason = broken_;
      stream = std::move(stream_);
      responder = std::move(responder_);
      source_.reset();
    }
    call_.End(reason.code());
    if (stream) {
      if (!reason.ok() && reason.code() != absl::StatusCode::kCancelled) {
        stream->Write(format_.Error(reason), nullptr);
      }
      stream->Finish();
    } else if (responder) {
      http::Response response =
          reason.ok() ? http::Response{204, {}, {}} : transcode::ErrorResponse(reason);
      decorate_(&response);
      responder->Send(std::move(response));
    }
  }

  // Comes back after `wait`: opens the answer the first time, then keeps it warm. Under mutex_.
  void Tick(std::chrono::milliseconds wait) {
    responder_->After(wait, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->OnTick();
    });
  }

  void OnTick() {
    OpenResponse();
    const std::lock_guard lock(mutex_);
    if (ended_ || !stream_) return;
    if (quiet_) stream_->Write(format_.Heartbeat(), nullptr);
    quiet_ = true;
    Tick(options_.heartbeat);
  }

  const transcode::Route& route_;
  const StreamFormat& format_;
  const ServedCall call_;
  const LiveStreamOptions options_;
  std::mutex mutex_;
  std::shared_ptr<http::Responder> responder_;      // Under mutex_; until on_done.
  std::shared_ptr<http::Stream> stream_;            // Under mutex_; while the answer goes on.
  std::shared_ptr<upstream::ServerStream> source_;  // Under mutex_; until on_done.
  absl::Status broken_;                             // Under mutex_; a message without a JSON form.
  bool ended_ = false;                              // Under mutex_.
  bool quiet_ = false;                              // Under mutex_; no message since the last tick.
  const std::function<void(http::Response*)> decorate_;
};

}  // namespace

void ServeStream(upstream::Caller& caller, const transcode::Route& route,
                 const StreamFormat& format, const std::string& request,
                 const upstream::CallOptions& call_options, ServedCall call,
                 const LiveStreamOptions& options, std::shared_ptr<http::Responder> responder,
                 std::function<void(http::Response*)> decorate) {
  std::make_shared<LiveStream>(route, format, call, options, std::move(responder),
                               std::move(decorate))
      ->Begin(caller, request, call_options);
}

}  // namespace vigil::gateway::live
