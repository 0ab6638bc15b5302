#include "gateway/live/event_stream.h"

#include <grpcpp/alarm.h>

#include <mutex>
#include <optional>

#include "gateway/live/event_format.h"
#include "gateway/transcode/error.h"
#include "gateway/transcode/transcoder.h"
#include "gateway/upstream/explain.h"

namespace vigil::gateway::live {
namespace {

class EventStream : public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(const transcode::Route& route, ServedCall call, const EventStreamOptions& options,
              std::shared_ptr<http::Responder> responder,
              std::function<void(http::Response*)> decorate)
      : route_(route),
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
      head.headers.Add("Content-Type", "text/event-stream; charset=utf-8");
      head.headers.Add("Cache-Control", "no-store");
      head.headers.Add("X-Accel-Buffering", "no");
      decorate_(&head);
      stream = stream_ = responder_->Start(std::move(head));
      responder_.reset();
      // Under the lock: an event that came meanwhile waits, and follows the preamble.
      stream->Write(FormatPreamble(), nullptr);
    }
    stream->OnGone([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->OnGone();
    });
  }

  void OnMessage(const grpc::ByteBuffer& bytes) {
    OpenResponse();
    const auto message = transcode::NewMessage(*route_.rpc->output_type());
    absl::StatusOr<std::string> event = absl::InternalError("a backend's event cannot be read");
    if (message->ParseFromString(upstream::ToString(bytes))) event = FormatEvent(*message);
    std::shared_ptr<http::Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      if (ended_ || !stream_) return;
      if (!event.ok()) {
        source_->Cancel();
        return;
      }
      quiet_ = false;
      stream = stream_;
    }
    // Not under the lock: where the client is gone already, the callback runs inside the call.
    stream->Write(*std::move(event), [self = shared_from_this()](bool written) {
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
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      stream = std::move(stream_);
      responder = std::move(responder_);
      source_.reset();
      alarm_.reset();
    }
    const absl::Status reason = upstream::Explain(status);
    call_.End(reason.code());
    if (stream) {
      if (!reason.ok() && reason.code() != absl::StatusCode::kCancelled) {
        stream->Write(FormatError(reason), nullptr);
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
    alarm_.emplace();
    alarm_->Set(std::chrono::system_clock::now() + wait, [weak = weak_from_this()](bool ok) {
      const auto self = weak.lock();
      if (ok && self) self->OnTick();
    });
  }

  void OnTick() {
    OpenResponse();
    const std::lock_guard lock(mutex_);
    if (ended_ || !stream_) return;
    if (quiet_) stream_->Write(FormatHeartbeat(), nullptr);
    quiet_ = true;
    Tick(options_.heartbeat);
  }

  const transcode::Route& route_;
  const ServedCall call_;
  const EventStreamOptions options_;
  std::mutex mutex_;
  std::shared_ptr<http::Responder> responder_;      // Under mutex_; until the answer began.
  std::shared_ptr<http::Stream> stream_;            // Under mutex_; while the answer goes on.
  std::shared_ptr<upstream::ServerStream> source_;  // Under mutex_; until on_done.
  std::optional<grpc::Alarm> alarm_;                // Under mutex_.
  bool ended_ = false;                              // Under mutex_.
  bool quiet_ = false;                              // Under mutex_; no event since the last tick.
  const std::function<void(http::Response*)> decorate_;
};

}  // namespace

void ServeEvents(upstream::Caller& caller, const transcode::Route& route,
                 const std::string& request, const upstream::CallOptions& call_options,
                 ServedCall call, const EventStreamOptions& options,
                 std::shared_ptr<http::Responder> responder,
                 std::function<void(http::Response*)> decorate) {
  std::make_shared<EventStream>(route, call, options, std::move(responder), std::move(decorate))
      ->Begin(caller, request, call_options);
}

}  // namespace vigil::gateway::live
