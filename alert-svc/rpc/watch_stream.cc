#include "alert-svc/rpc/watch_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "common/rpc/stream.h"

namespace vigil::alert {

WatchStream* WatchStream::Start(AlertBook& book, const rpc::CallGuard& guard, std::string method,
                                std::string trace_id, AlertBook::StartingPoint point) {
  auto stream = std::make_shared<WatchStream>(book, guard, std::move(method), std::move(trace_id));
  absl::MutexLock lock(&stream->mutex_);
  stream->self_ = stream;
  stream->after_ = point.after;
  stream->first_.assign(point.first.begin(), point.first.end());
  book.Listen(stream);
  // The headers go out at once, so that the watcher knows that it is heard.
  stream->StartSendInitialMetadata();
  stream->Pump();
  return stream.get();
}

WatchStream::WatchStream(AlertBook& book, const rpc::CallGuard& guard, std::string method,
                         std::string trace_id)
    : book_(book),
      guard_(guard),
      method_(std::move(method)),
      trace_id_(std::move(trace_id)),
      start_(absl::Now()) {}

void WatchStream::Write(std::int64_t number, const v1::Alert& alert) {
  message_.set_token(book_.TokenOf(number));
  *message_.mutable_alert() = alert;
  writing_ = true;
  StartWrite(&message_);
}

void WatchStream::Pump() {
  if (writing_ || finished_) return;
  if (book_.closed()) {
    return End(rpc::Unavailable("SHUTTING_DOWN", {}, "the service stops: connect again"));
  }
  if (!first_.empty()) {
    const AlertPtr alert = std::move(first_.front());
    first_.pop_front();
    // Who is cut off before the list is through gets it again.
    return Write(first_.empty() ? after_ : AlertBook::kFromTheStart, *alert);
  }
  const AlertEvent event = book_.After(after_);
  if (event.number < 0) {
    return End(rpc::ResourceExhausted("SLOW_WATCHER", {{"token", book_.TokenOf(after_)}},
                                      "read faster; resume with the last token"));
  }
  if (!event.alert) return;
  after_ = event.number;
  Write(event.number, *event.alert);
}

void WatchStream::End(const absl::Status& status) {
  if (!end_) end_ = status;
  if (writing_ || finished_) return;
  finished_ = true;
  Finish(rpc::ToGrpcStatus(*end_));
}

void WatchStream::OnNews() {
  absl::MutexLock lock(&mutex_);
  Pump();
}

void WatchStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (end_) return End(*end_);
  if (!ok) return End(absl::CancelledError("the watcher has gone"));
  Pump();
}

void WatchStream::OnCancel() {
  absl::MutexLock lock(&mutex_);
  End(absl::CancelledError("the watcher has gone"));
}

void WatchStream::OnDone() {
  std::shared_ptr<WatchStream> self;
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    self = std::move(self_);
    status = end_.value_or(absl::OkStatus());
  }
  rpc::StreamEnded(guard_, method_, trace_id_, status, absl::Now() - start_);
}

}  // namespace vigil::alert
