#include "gateway/rpc/pass_through.h"

#include <google/api/annotations.pb.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <set>

#include "common/rpc/errors.h"
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

// Reads the request; what comes then is up to the kind.
class Passage : public grpc::ServerGenericBidiReactor {
 public:
  Passage(upstream::Caller& backends, std::string rpc_path, upstream::CallOptions options)
      : backends_(backends), rpc_path_(std::move(rpc_path)), options_(std::move(options)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(rpc::InvalidArgument("BAD_REQUEST", "", "no request came"));
    Forward();
  }

  void OnDone() override {
    Count(code_);
    delete this;
  }

 protected:
  virtual void Forward() = 0;
  virtual void Count(absl::StatusCode code) const = 0;

  void End(const absl::Status& status) {
    code_ = status.code();
    Finish(rpc::ToGrpcStatus(status));
  }

  upstream::Caller& backends_;
  const std::string rpc_path_;
  const upstream::CallOptions options_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

 private:
  absl::StatusCode code_ = absl::StatusCode::kOk;
};

class UnaryPassage : public Passage {
 public:
  UnaryPassage(upstream::Caller& backends, std::string rpc_path, upstream::CallOptions options,
               rpc::RpcMetrics& metrics)
      : Passage(backends, std::move(rpc_path), std::move(options)), metrics_(metrics) {}

 private:
  // The call counts from here on: headers without a request hold no place of the limit.
  void Forward() override {
    call_ = ServedCall::Begin(metrics_, rpc_path_);
    if (!call_) {
      return End(rpc::ResourceExhausted("OVERLOADED", {}, "too many calls are under way"));
    }
    backends_.Unary(rpc_path_, std::move(request_), options_,
                    [this](grpc::Status status, grpc::ByteBuffer response) {
                      if (!status.ok()) return End(upstream::Explain(status));
                      response_ = std::move(response);
                      StartWriteAndFinish(&response_, grpc::WriteOptions(), std::move(status));
                    });
  }

  void Count(absl::StatusCode code) const override {
    if (call_) call_->End(code);
  }

  rpc::RpcMetrics& metrics_;
  std::optional<ServedCall> call_;
};

// Finish is called from the backend's on_done alone, so this outlives the backend's stream.
class StreamPassage : public Passage {
 public:
  StreamPassage(upstream::Caller& backends, std::string rpc_path, upstream::CallOptions options,
                std::shared_ptr<OpenStreams> streams, rpc::MethodMetrics& metrics)
      : Passage(backends, std::move(rpc_path), std::move(options)),
        streams_(std::move(streams)),
        metrics_(metrics) {}

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

  void Count(absl::StatusCode code) const override {
    metrics_.Finished(code, absl::FromChrono(std::chrono::steady_clock::now() - began_));
  }

  const std::shared_ptr<OpenStreams> streams_;
  rpc::MethodMetrics& metrics_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  OpenStreams::Source source_;  // Under mutex_.
  bool cancelled_ = false;      // Under mutex_.
};

}  // namespace

PassThrough::PassThrough(upstream::Caller& backends, rpc::RpcMetrics& metrics)
    : backends_(backends), metrics_(metrics), streams_(std::make_shared<OpenStreams>()) {
  for (const google::protobuf::ServiceDescriptor* service : transcode::VigilServices()) {
    const bool journal = service->name() == "JournalService";
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& rpc = *service->method(i);
      if (!journal && !rpc.options().HasExtension(google::api::http)) continue;
      public_rpcs_.emplace(fmt::format("/{}/{}", service->full_name(), rpc.name()),
                           rpc.server_streaming() ? Kind::kServerStream : Kind::kUnary);
    }
  }
}

grpc::ServerGenericBidiReactor* PassThrough::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  upstream::CallOptions options = OptionsOf(*context, TraceIdOf(*context));
  if (options.token.empty()) {
    return rpc::Refuse(rpc::Unauthenticated("TOKEN_MISSING", {},
                                            "a bearer token is needed: `authorization: Bearer …`"));
  }
  const auto found = public_rpcs_.find(context->method());
  if (found == public_rpcs_.end()) return rpc::Refuse(rpc::NotServed());
  if (found->second == Kind::kServerStream) {
    return new StreamPassage(backends_, found->first, std::move(options), streams_,
                             metrics_.Method(found->first.substr(1)));
  }
  return new UnaryPassage(backends_, found->first, std::move(options), metrics_);
}

void PassThrough::EndStreams() { streams_->End(); }

}  // namespace vigil::gateway
