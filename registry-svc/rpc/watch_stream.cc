#include "registry-svc/rpc/watch_stream.h"

#include <utility>

#include "common/rpc/status.h"
#include "common/rpc/stream.h"
#include "registry-svc/casebook/refusals.h"

namespace vigil::registry {
namespace {

constexpr char kMethod[] = "vigil.registry.v1.JournalService/WatchChanges";
// Ticks after which a stream whose message nobody takes is cut off: it may hold an old snapshot.
constexpr int kCutOffTicks = 60;

}  // namespace

WatchStream* WatchStream::Start(const Backend& backend, grpc::CallbackServerContext& context,
                                const v1::WatchChangesRequest& request, std::string trace_id) {
  auto stream = std::make_shared<WatchStream>(backend, context, request, std::move(trace_id));
  const bool open = backend.hub.Listen(stream);
  absl::MutexLock lock(&stream->mutex_);
  stream->self_ = stream;
  if (!open) stream->watcher_.Close(refusals::ShuttingDown());
  stream->Pump();
  return stream.get();
}

WatchStream::WatchStream(const Backend& backend, grpc::CallbackServerContext& context,
                         const v1::WatchChangesRequest& request, std::string trace_id)
    : backend_(backend),
      context_(context),
      trace_id_(std::move(trace_id)),
      start_(std::chrono::steady_clock::now()),
      watcher_(Feed{.book = backend.book,
                    .hub = backend.hub,
                    .tokens = backend.tokens,
                    .history = backend.history},
               request) {
  backend_.watchers.Increment();
}

void WatchStream::Pump() {
  if (finished_) return;
  switch (watcher_.Next()) {
    case Watcher::Step::kWrite:
      return StartWrite(&watcher_.message());
    case Watcher::Step::kRead:
      return Read();
    case Watcher::Step::kWait:
      return;
    case Watcher::Step::kEnd:
      finished_ = true;
      return Finish(rpc::ToGrpcStatus(watcher_.status()));
  }
}

void WatchStream::Read() {
  const bool posted = backend_.pool.Post([self = shared_from_this(), range = watcher_.range()] {
    auto entries = self->backend_.store.ReadJournal(range.after, range.limit, range.bytes);
    absl::MutexLock lock(&self->mutex_);
    self->watcher_.Take(std::move(entries));
    self->Pump();
  });
  if (posted) return;
  watcher_.Close(refusals::Overloaded());
  watcher_.Take(refusals::Overloaded());
  Pump();
}

void WatchStream::End(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  watcher_.Close(status);
  Pump();
}

void WatchStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mutex_);
  if (!ok) watcher_.Close(absl::CancelledError("the watcher has gone"));
  watcher_.Written();
  Pump();
}

void WatchStream::OnCancel() { End(absl::CancelledError("the watcher has gone")); }

void WatchStream::OnDone() {
  std::shared_ptr<WatchStream> self;
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    finished_ = true;
    status = watcher_.status();
    self = std::move(self_);
  }
  backend_.watchers.Decrement();
  rpc::StreamEnded(backend_.guard, kMethod, trace_id_, status,
                   absl::FromChrono(std::chrono::steady_clock::now() - start_));
}

void WatchStream::OnNews() {
  absl::MutexLock lock(&mutex_);
  Pump();
}

void WatchStream::OnTick() {
  absl::MutexLock lock(&mutex_);
  if (finished_) return;
  watcher_.Tick();
  if (watcher_.stalled_ticks() == kCutOffTicks) context_.TryCancel();
  Pump();
}

void WatchStream::OnClose() { End(refusals::ShuttingDown()); }

}  // namespace vigil::registry
