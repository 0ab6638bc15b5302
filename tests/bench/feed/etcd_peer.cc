#include <grpcpp/grpcpp.h>

#include <fstream>
#include <future>
#include <iostream>
#include <iterator>

#include "peers/etcd.grpc.pb.h"
#include "tests/bench/feed/peer.h"

namespace vigil::bench {
namespace {

namespace pb = etcdserverpb;

constexpr char kRecord[] = "record";
constexpr char kPrefix[] = "cases/";
constexpr char kPrefixEnd[] = "cases0";  // the first key after all with the prefix

[[noreturn]] void Fail(const std::string& call, const grpc::Status& status) {
  std::cerr << call << ": " << status.error_message() << "\n";
  std::exit(1);
}

class Following final : public Peer::Watch,
                        public grpc::ClientBidiReactor<pb::WatchRequest, pb::WatchResponse> {
 public:
  Following(std::shared_ptr<grpc::Channel> channel, std::function<void(int)> on_events)
      : stub_(pb::Watch::NewStub(channel)), on_events_(std::move(on_events)) {
    auto& create = *request_.mutable_create_request();
    create.set_key(kPrefix);
    create.set_range_end(kPrefixEnd);
    stub_->async()->Watch(&context_, this);
    StartWrite(&request_);
    StartRead(&message_);
    StartCall();
    open_.get_future().wait();
  }
  ~Following() override {
    context_.TryCancel();
    done_.get_future().wait();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (message_.created()) {
      opened_ = true;
      open_.set_value();
    }
    if (message_.events_size() > 0) on_events_(message_.events_size());
    StartRead(&message_);
  }
  void OnDone(const grpc::Status& status) override {
    if (!opened_ || status.error_code() != grpc::StatusCode::CANCELLED) Fail("Watch", status);
    done_.set_value();
  }

 private:
  const std::unique_ptr<pb::Watch::Stub> stub_;
  const std::function<void(int)> on_events_;
  grpc::ClientContext context_;
  pb::WatchRequest request_;
  pb::WatchResponse message_;
  bool opened_ = false;
  std::promise<void> open_, done_;
};

class EtcdPeer final : public Peer {
 public:
  EtcdPeer(std::string address, std::string case_file)
      : address_(std::move(address)),
        case_file_(std::move(case_file)),
        stub_(pb::KV::NewStub(grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()))) {}

  void Prepare(int keys) override {
    keys_ = keys;
    std::ifstream in(case_file_, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    grpc::ClientContext context;
    pb::PutRequest request;
    request.set_key(kRecord);
    request.set_value(bytes);
    pb::PutResponse response;
    const grpc::Status status = stub_->Put(&context, request, &response);
    if (!status.ok()) Fail("Put", status);
  }

  void Put(long number, std::function<void(bool)> done) override {
    struct Call {
      grpc::ClientContext context;
      pb::PutRequest request;
      pb::PutResponse answer;
    };
    auto call = std::make_shared<Call>();
    call->request.set_key(kPrefix + std::to_string(number % keys_) + "/facts/" +
                          std::to_string(number));
    call->request.set_value(FactBytes(number));
    stub_->async()->Put(
        &call->context, &call->request, &call->answer,
        [call, done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
  }

  void Get(std::function<void(bool, size_t)> done) override {
    struct Call {
      grpc::ClientContext context;
      pb::RangeRequest request;
      pb::RangeResponse answer;
    };
    auto call = std::make_shared<Call>();
    call->request.set_key(kRecord);
    stub_->async()->Range(&call->context, &call->request, &call->answer,
                          [call, done = std::move(done)](const grpc::Status& status) {
                            const bool found = status.ok() && call->answer.kvs_size() == 1;
                            done(found, found ? call->answer.kvs(0).value().size() : 0);
                          });
  }

  std::unique_ptr<Watch> Follow(int group, std::function<void(int)> on_events) override {
    grpc::ChannelArguments arguments;
    arguments.SetInt("vigil.group", group);
    return std::make_unique<Following>(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments),
        std::move(on_events));
  }

 private:
  const std::string address_, case_file_;
  const std::unique_ptr<pb::KV::Stub> stub_;
  long keys_ = 1;
};

}  // namespace

std::unique_ptr<Peer> MakeEtcdPeer(const std::string& address, const std::string& case_file) {
  return std::make_unique<EtcdPeer>(address, case_file);
}

}  // namespace vigil::bench
