#include "gateway/upstream/channel_caller.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <mutex>
#include <utility>
#include <vector>

#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/status.h"

namespace vigil::gateway::upstream {
namespace {

// A stream is ended now and then, so that none outlives what it was opened for; its reader resumes.
constexpr absl::Duration kStreamLifetime = absl::Hours(24);

void Prepare(const CallOptions& options, absl::Duration timeout, grpc::ClientContext* context) {
  rpc::CallOptions carried;
  carried.timeout = timeout;
  carried.token = options.token;
  carried.trace_id = options.trace_id;
  carried.on_behalf_of = options.on_behalf_of;
  rpc::PrepareCall(*context, carried);
}

grpc::Status Stopping() {
  return rpc::ToGrpcStatus(
      rpc::Unavailable("SHUTTING_DOWN", {}, "the gateway stops; try again in a moment"));
}

struct UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

// One stream of one backend. gRPC ends a reactor only when no operation and no hold is left: the
// hold stands for the reads that are still to come, and goes with the last of them or with Cancel.
class Reader : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
               public ServerStream,
               public std::enable_shared_from_this<Reader> {
 public:
  Reader(grpc::ByteBuffer request, const CallOptions& options, StreamEvents events,
         InFlight& in_flight, const UpstreamMetrics::Measure& measure)
      : request_(std::move(request)),
        events_(std::move(events)),
        in_flight_(in_flight),
        measure_(measure) {
    Prepare(options, kStreamLifetime, &context_);
  }

  void Begin(grpc::GenericStub& stub, const std::string& rpc_path) {
    self_ = shared_from_this();
    entered_ = in_flight_.Enter(&context_);
    if (!entered_) context_.TryCancel();
    stub.PrepareBidiStreamingCall(&context_, rpc_path, grpc::StubOptions(), this);
    AddHold();
    StartWriteLast(&request_, grpc::WriteOptions());
    StartCall();
  }

  void Read() override {
    const std::lock_guard lock(mutex_);
    if (released_ || reading_) return;
    reading_ = true;
    StartRead(&message_);
  }

  void Cancel() override {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    cancelled_ = true;
    context_.TryCancel();
    if (!reading_) Release();
  }

  void OnReadInitialMetadataDone(bool ok) override {
    if (ok && events_.on_open) events_.on_open();
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      if (!ok || cancelled_) return Release();
    }
    grpc::ByteBuffer message;
    message.Swap(&message_);
    events_.on_message(std::move(message));
  }

  void OnDone(const grpc::Status& status) override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    const std::shared_ptr<Reader> self = std::move(self_);
    measure_.End(status.error_code());
    {
      const StreamEvents events = std::move(events_);
      events.on_done(status);
    }
    if (entered_) in_flight_.Leave(&context_);
  }

 private:
  void Release() {
    if (!released_) RemoveHold();
    released_ = true;
  }

  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  StreamEvents events_;
  InFlight& in_flight_;
  const UpstreamMetrics::Measure measure_;
  bool entered_ = false;
  std::shared_ptr<Reader> self_;  // Until OnDone.
  std::mutex mutex_;
  bool reading_ = false;    // Under mutex_.
  bool cancelled_ = false;  // Under mutex_.
  bool released_ = false;   // Under mutex_.
  bool ended_ = false;      // Under mutex_.
};

}  // namespace

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::string out;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

grpc::ByteBuffer ToByteBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

ChannelCaller::ChannelCaller(const std::shared_ptr<grpc::Channel>& channel,
                             UpstreamMetrics& metrics)
    : stub_(channel), metrics_(metrics) {}

ChannelCaller::~ChannelCaller() { Drain(absl::ZeroDuration()); }

void ChannelCaller::Unary(const std::string& rpc_path, grpc::ByteBuffer request,
                          const CallOptions& options, UnaryDone done) {
  auto call = std::make_shared<UnaryCall>();
  if (!in_flight_.Enter(&call->context)) return done(Stopping(), {});
  call->request = std::move(request);
  Prepare(options, options.timeout, &call->context);
  auto finish = [this, call, done = std::move(done),
                 measure = metrics_.Begin(rpc_path)](grpc::Status status) mutable {
    measure.End(status.error_code());
    std::exchange(done, nullptr)(std::move(status), std::move(call->response));
    in_flight_.Leave(&call->context);
  };
  stub_.UnaryCall(&call->context, rpc_path, grpc::StubOptions(), &call->request, &call->response,
                  std::move(finish));
}

std::shared_ptr<ServerStream> ChannelCaller::Open(const std::string& rpc_path,
                                                  grpc::ByteBuffer request,
                                                  const CallOptions& options, StreamEvents events) {
  auto reader = std::make_shared<Reader>(std::move(request), options, std::move(events), in_flight_,
                                         metrics_.Begin(rpc_path));
  reader->Begin(stub_, rpc_path);
  return reader;
}

}  // namespace vigil::gateway::upstream
