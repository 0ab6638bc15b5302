#include "alert-svc/app/registry_client.h"

#include <grpcpp/client_context.h>

#include <set>
#include <utility>

#include "absl/synchronization/mutex.h"

#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::alert {
namespace {

using registry::v1::FindingService;
using registry::v1::JournalService;

constexpr absl::Duration kCallTime = absl::Seconds(5);
// A message does not wait longer for what it can go without.
constexpr absl::Duration kAsideTime = absl::Seconds(2);
constexpr absl::Duration kShardTime = absl::Minutes(1);
constexpr absl::Duration kStreamTime = absl::Hours(24);

// The calls under way, so that none outlives the client.
class Flights {
 public:
  ~Flights() {
    absl::MutexLock lock(&mutex_);
    for (grpc::ClientContext* context : running_) context->TryCancel();
    mutex_.Await(absl::Condition(
        +[](std::set<grpc::ClientContext*>* running) { return running->empty(); }, &running_));
  }
  void Add(grpc::ClientContext* context) {
    absl::MutexLock lock(&mutex_);
    running_.insert(context);
  }
  void Remove(grpc::ClientContext* context) {
    absl::MutexLock lock(&mutex_);
    running_.erase(context);
  }

 private:
  absl::Mutex mutex_;
  std::set<grpc::ClientContext*> running_;
};

rpc::CallOptions Options(absl::Duration timeout, const std::string& token) {
  rpc::CallOptions options;
  options.timeout = timeout;
  options.token = token;
  return options;
}

// A stream that reads for as long as it lives, and says once how it ended. Owned by itself until
// gRPC is done with it; `live` is only touched on the engine's thread, and tells whether anybody
// still listens.
template <class Message>
class Reader final : public grpc::ClientReadReactor<Message> {
 public:
  Reader(Executor& executor, Flights& flights, std::shared_ptr<bool> live,
         std::function<void(Message)> on_message, std::function<void(absl::Status)> on_end)
      : executor_(executor),
        flights_(flights),
        live_(std::move(live)),
        on_message_(std::make_shared<std::function<void(Message)>>(std::move(on_message))),
        on_end_(std::move(on_end)) {}

  void Begin() {
    this->StartRead(&message_);
    this->StartCall();
  }
  std::shared_ptr<grpc::ClientContext> context = std::make_shared<grpc::ClientContext>();

  void OnReadDone(bool ok) override {
    if (!ok) return;
    executor_.Post([live = live_, on_message = on_message_,
                    message = std::make_shared<Message>(std::move(message_))] {
      if (*live) (*on_message)(std::move(*message));
    });
    message_.Clear();
    this->StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    absl::Status ended = rpc::FromGrpcStatus(status);
    executor_.Post([live = live_, on_end = std::move(on_end_), ended = std::move(ended)] {
      if (*live) on_end(ended);
    });
    flights_.Remove(context.get());
    delete this;
  }

 private:
  Executor& executor_;
  Flights& flights_;
  std::shared_ptr<bool> live_;
  std::shared_ptr<std::function<void(Message)>> on_message_;
  std::function<void(absl::Status)> on_end_;
  Message message_;
};

class ClientStream final : public FeedStream {
 public:
  ClientStream(std::shared_ptr<bool> live, std::shared_ptr<grpc::ClientContext> context)
      : live_(std::move(live)), context_(std::move(context)) {}
  ~ClientStream() override {
    *live_ = false;
    context_->TryCancel();
  }

 private:
  std::shared_ptr<bool> live_;
  std::shared_ptr<grpc::ClientContext> context_;
};

class RegistryClient final : public RegistryFeed {
 public:
  RegistryClient(std::shared_ptr<grpc::Channel> channel, std::string token, Executor& executor)
      : stub_(JournalService::NewStub(channel)),
        findings_(FindingService::NewStub(std::move(channel))),
        token_(std::move(token)),
        executor_(executor) {}

  std::unique_ptr<FeedStream> Watch(
      registry::v1::WatchChangesRequest request,
      std::function<void(registry::v1::WatchChangesResponse)> on_message,
      std::function<void(absl::Status)> on_end) override {
    return Stream(
        std::move(request), std::move(on_message),
        [on_end = std::move(on_end)](const absl::Status& status) {
          on_end(status.ok() ? absl::UnavailableError("the stream ended") : status);
        },
        kStreamTime,
        [this](auto* context, auto* in, auto* reader) {
          stub_->async()->WatchChanges(context, in, reader);
        });
  }

  std::unique_ptr<FeedStream> StreamShard(
      registry::v1::StreamShardRequest request,
      std::function<void(registry::v1::StreamShardResponse)> on_part,
      std::function<void(absl::Status)> on_end) override {
    return Stream(std::move(request), std::move(on_part), std::move(on_end), kShardTime,
                  [this](auto* context, auto* in, auto* reader) {
                    stub_->async()->StreamShard(context, in, reader);
                  });
  }

  void RecordReceipts(registry::v1::RecordReceiptsRequest request,
                      Done<absl::StatusOr<registry::v1::RecordReceiptsResponse>> done) override {
    Call<registry::v1::RecordReceiptsResponse>(
        std::move(request), std::move(done),
        [this](auto* context, auto* in, auto* out, auto callback) {
          stub_->async()->RecordReceipts(context, in, out, std::move(callback));
        });
  }

  void PutRecord(registry::v1::PutRecordRequest request,
                 Done<absl::StatusOr<registry::v1::Record>> done) override {
    Call<registry::v1::Record>(std::move(request), std::move(done),
                               [this](auto* context, auto* in, auto* out, auto callback) {
                                 stub_->async()->PutRecord(context, in, out, std::move(callback));
                               });
  }

  void ListRecords(registry::v1::ListRecordsRequest request,
                   Done<absl::StatusOr<registry::v1::ListRecordsResponse>> done) override {
    Call<registry::v1::ListRecordsResponse>(
        std::move(request), std::move(done),
        [this](auto* context, auto* in, auto* out, auto callback) {
          stub_->async()->ListRecords(context, in, out, std::move(callback));
        });
  }

  void DeleteRecord(registry::v1::DeleteRecordRequest request,
                    Done<absl::StatusOr<registry::v1::DeleteRecordResponse>> done) override {
    Call<registry::v1::DeleteRecordResponse>(
        std::move(request), std::move(done),
        [this](auto* context, auto* in, auto* out, auto callback) {
          stub_->async()->DeleteRecord(context, in, out, std::move(callback));
        });
  }

  void ListFindings(registry::v1::ListFindingsRequest request,
                    Done<absl::StatusOr<registry::v1::ListFindingsResponse>> done) override {
    Call<registry::v1::ListFindingsResponse>(
        std::move(request), std::move(done),
        [this](auto* context, auto* in, auto* out, auto callback) {
          findings_->async()->ListFindings(context, in, out, std::move(callback));
        },
        kAsideTime);
  }

 private:
  template <class Message, class Request, class Start>
  std::unique_ptr<FeedStream> Stream(Request request, std::function<void(Message)> on_message,
                                     std::function<void(absl::Status)> on_end,
                                     absl::Duration timeout, Start start) {
    auto live = std::make_shared<bool>(true);
    auto kept = std::make_shared<Request>(std::move(request));
    auto* reader = new Reader<Message>(
        executor_, flights_, live, std::move(on_message),
        [kept, on_end = std::move(on_end)](absl::Status s) { on_end(std::move(s)); });
    auto context = reader->context;
    rpc::PrepareCall(*context, Options(timeout, token_));
    flights_.Add(context.get());
    start(context.get(), kept.get(), reader);
    reader->Begin();
    return std::make_unique<ClientStream>(std::move(live), std::move(context));
  }

  template <class Response, class Request, class Start>
  void Call(Request request, Done<absl::StatusOr<Response>> done, Start start,
            absl::Duration timeout = kCallTime) {
    struct State {
      grpc::ClientContext context;
      Request request;
      Response response;
    };
    auto state = std::make_shared<State>();
    state->request = std::move(request);
    rpc::PrepareCall(state->context, Options(timeout, token_));
    flights_.Add(&state->context);
    start(&state->context, &state->request, &state->response,
          [this, state, done = std::move(done)](grpc::Status status) {
            executor_.Post([state, done, status = std::move(status)] {
              if (!status.ok()) return done(rpc::FromGrpcStatus(status));
              done(std::move(state->response));
            });
            flights_.Remove(&state->context);
          });
  }

  const std::unique_ptr<JournalService::Stub> stub_;
  const std::unique_ptr<FindingService::Stub> findings_;
  const std::string token_;
  Executor& executor_;
  Flights flights_;  // first to go: it waits for the calls
};

}  // namespace

std::unique_ptr<RegistryFeed> MakeRegistryClient(std::shared_ptr<grpc::Channel> channel,
                                                 std::string token, Executor& executor) {
  return std::make_unique<RegistryClient>(std::move(channel), std::move(token), executor);
}

}  // namespace vigil::alert
