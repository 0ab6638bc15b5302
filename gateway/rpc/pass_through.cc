#include "gateway/rpc/pass_through.h"

#include <mutex>
#include <set>

#include "common/rpc/call_log.h"
#include "common/rpc/errors.h"
#include "common/rpc/guard.h"
#include "common/rpc/status.h"
#include "common/rpc/unserved.h"
#include "fmt/format.h"
#include "gateway/rpc/call_options.h"
#include "gateway/rpc/served_call.h"
#include "gateway/transcode/route_table.h"
#include "gateway/upstream/explain.h"

namespace vigil::gateway {

// Outlives the service: a stream's last callback may come late.
class OpenStreams {
 public:
  using Source = std::shared_ptr<upstream::ServerStream>;

  // False where the streams were ended: the caller gives its stream up.
  bool Add(const Source& source) {
    const std::lock_guard lock(mutex_);
    if (!ended_) sources_.insert(source);
    return !ended_;
  }

  void Remove(const Source& source) {
    const std::lock_guard lock(mutex_);
    sources_.erase(source);
  }

  void End() {
    std::set<Source> all;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      all.swap(sources_);
    }
    for (const Source& source : all) source->Cancel();
  }

  bool ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<Source> sources_;  // Under mutex_.
  bool ended_ = false;        // Under mutex_.
};

namespace {

// What a method that no service has is counted as: a label must not grow with what clients invent.
constexpr char kUnknownRpc[] = "/(unknown)";

// The end of a call that came by gRPC, counted and logged like one of the gateway's own.
void EndCall(const ServedCall& call, const std::string& trace_id, const absl::Status& status) {
  call.End(status.code());
  rpc::LogCall(call.method(), "", trace_id, status, call.Took());
}

// Reads the request; what comes then is up to the kind.
class Passage : public grpc::ServerGenericBidiReactor {
 public:
  Passage(upstream::Caller& backends, std::string rpc_path, upstream::CallOptions options,
          ServedCall call)
      : backends_(backends),
        rpc_path_(std::move(rpc_path)),
        options_(std::move(options)),
        call_(call) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(rpc::InvalidArgument("BAD_REQUEST", "", "no request came"));
    Forward();
  }

  void OnDone() override {
    EndCall(call_, options_.trace_id, status_);
    delete this;
  }

 protected:
  virtual void Forward() = 0;

  void End(absl::Status status) {
    status_ = std::move(status);
    Finish(rpc::ToGrpcStatus(status_));
  }

  upstream::Caller& backends_;
  const std::string rpc_path_;
  const upstream::CallOptions options_;
  ServedCall call_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

 private:
  absl::Status status_;
};

class UnaryPassage : public Passage {
 public:
  using Passage::Passage;

 private:
  // The call takes its place from here on: headers without a request hold none.
  void Forward() override {
    if (absl::Status room = call_.Enter(); !room.ok()) return End(std::move(room));
    backends_.Unary(rpc_path_, std::move(request_), options_,
                    [this](const grpc::Status& status, grpc::ByteBuffer response) {
                      if (!status.ok()) return End(upstream::Explain(status));
                      response_ = std::move(response);
                      StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
                    });
  }
};

// Finish is called from the backend's on_done alone, so this outlives the backend's stream.
class StreamPassage : public Passage {
 public:
  StreamPassage(upstream::Caller& backends, std::string rpc_path, upstream::CallOptions options,
                ServedCall call, std::shared_ptr<OpenStreams> streams)
      : Passage(backends, std::move(rpc_path), std::move(options), call),
        streams_(std::move(streams)) {}

 private:
  void Forward() override {
    upstream::StreamEvents events;
    events.on_message = [this](grpc::ByteBuffer message) {
      response_ = std::move(message);
      StartWrite(&response_);
    };
    events.on_done = [this](const grpc::Status& status) { EndStream(upstream::Explain(status)); };
    const std::lock_guard lock(mutex_);
    source_ = backends_.Open(rpc_path_, std::move(request_), options_, std::move(events));
    if (cancelled_ || !streams_->Add(source_)) return source_->Cancel();
    source_->Read();
  }

  void EndStream(absl::Status status) {
    {
      const std::lock_guard lock(mutex_);
      streams_->Remove(source_);
    }
    if (streams_->ended()) {
      status = rpc::Unavailable("SHUTTING_DOWN", {}, "the gateway stops; resume elsewhere");
    }
    End(status);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    if (ok && !cancelled_) {
      source_->Read();
    } else {
      source_->Cancel();
    }
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (source_) source_->Cancel();
  }

  const std::shared_ptr<OpenStreams> streams_;
  std::mutex mutex_;
  OpenStreams::Source source_;  // Under mutex_.
  bool cancelled_ = false;      // Under mutex_.
};

}  // namespace

PassThrough::PassThrough(upstream::Caller& backends, rpc::RpcMetrics& metrics)
    : backends_(backends), metrics_(metrics), streams_(std::make_shared<OpenStreams>()) {
  for (const google::protobuf::ServiceDescriptor* service : transcode::VigilServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& rpc = *service->method(i);
      rpcs_.emplace(fmt::format("/{}/{}", service->full_name(), rpc.name()),
                    rpc.server_streaming() ? Kind::kServerStream : Kind::kUnary);
    }
  }
}

grpc::ServerGenericBidiReactor* PassThrough::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  upstream::CallOptions options = OptionsOf(*context, rpc::TraceIdOf(*context));
  const auto found = rpcs_.find(context->method());
  const ServedCall call(metrics_, found == rpcs_.end() ? kUnknownRpc : found->first);
  const auto refuse = [&](const absl::Status& why) {
    EndCall(call, options.trace_id, why);
    return rpc::Refuse(why);
  };
  if (options.token.empty()) {
    return refuse(rpc::Unauthenticated("TOKEN_MISSING", {},
                                       "a bearer token is needed: `authorization: Bearer …`"));
  }
  if (found == rpcs_.end()) {
    return refuse(rpc::NotServed());
  }
  if (found->second == Kind::kServerStream) {
    return new StreamPassage(backends_, found->first, std::move(options), call, streams_);
  }
  return new UnaryPassage(backends_, found->first, std::move(options), call);
}

void PassThrough::EndStreams() { streams_->End(); }

}  // namespace vigil::gateway
