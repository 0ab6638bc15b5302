#include <grpcpp/grpcpp.h>

#include <atomic>
#include <fstream>
#include <future>
#include <iostream>
#include <vector>

#include "tests/bench/feed/peer.h"
#include "vigil/registry/v1/journal.grpc.pb.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::bench {
namespace {

namespace pb = vigil::registry::v1;

// What tells a write of ours from what else happens.
constexpr char kTitle[] = "load";

[[noreturn]] void Fail(const std::string& call, const grpc::Status& status) {
  std::cerr << call << ": " << status.error_message() << "\n";
  std::exit(1);
}

pb::Fact MakeFact(long number) {
  pb::Fact fact;
  fact.set_date("2018-04-20");
  fact.mutable_source()->set_title(kTitle);
  fact.mutable_health()->set_what(std::to_string(number));
  fact.set_note(std::string(kValueBytes - fact.ByteSizeLong(), 'n'));
  return fact;
}

int CountFacts(const pb::Change& change) {
  int facts = 0;
  for (const pb::ChangeItem& item : change.items()) {
    facts += item.fact_changed().fact().source().title() == kTitle ? 1 : 0;
  }
  return facts;
}

class Following final : public Peer::Watch,
                        public grpc::ClientReadReactor<pb::WatchChangesResponse> {
 public:
  Following(std::shared_ptr<grpc::Channel> channel, const std::string& authorization,
            std::function<void(int)> on_events)
      : stub_(pb::JournalService::NewStub(channel)), on_events_(std::move(on_events)) {
    context_.AddMetadata("authorization", authorization);
    request_.set_snapshot(true);
    request_.set_batch(true);
    request_.add_topics(pb::TOPIC_CASES);
    stub_->async()->WatchChanges(&context_, &request_, this);
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
    int events = message_.has_change() ? CountFacts(message_.change()) : 0;
    for (const pb::Change& change : message_.changes().changes()) events += CountFacts(change);
    if (message_.has_bookmark() && !opened_) {
      opened_ = true;
      open_.set_value();
    }
    if (events > 0) on_events_(events);
    StartRead(&message_);
  }
  void OnDone(const grpc::Status& status) override {
    if (!opened_) Fail("WatchChanges", status);
    if (status.error_code() != grpc::StatusCode::CANCELLED) Fail("WatchChanges", status);
    done_.set_value();
  }

 private:
  const std::unique_ptr<pb::JournalService::Stub> stub_;
  const std::function<void(int)> on_events_;
  grpc::ClientContext context_;
  pb::WatchChangesRequest request_;
  pb::WatchChangesResponse message_;
  bool opened_ = false;
  std::promise<void> open_, done_;
};

class VigilPeer final : public Peer {
 public:
  VigilPeer(std::string address, const std::string& token, std::string case_file)
      : address_(std::move(address)),
        authorization_("Bearer " + token),
        case_file_(std::move(case_file)),
        channel_(grpc::CreateChannel(address_, grpc::InsecureChannelCredentials())),
        cases_(pb::CaseService::NewStub(channel_)),
        facts_(pb::FactService::NewStub(channel_)) {}

  void Prepare(int keys) override {
    for (int i = 0; i < keys; ++i) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", authorization_);
      pb::CreateCaseRequest request;
      request.mutable_case_()->set_display_name("Load " + std::to_string(i));
      request.mutable_case_()->mutable_person()->add_names()->set_text("Load Of The Bench");
      pb::Case made;
      const grpc::Status status = cases_->CreateCase(&context, request, &made);
      if (!status.ok()) Fail("CreateCase", status);
      names_.push_back(made.name());
    }
    std::promise<void> done;
    Get([&](bool, size_t) { done.set_value(); });
    done.get_future().wait();
  }

  void Put(long number, std::function<void(bool)> done) override {
    struct Call {
      grpc::ClientContext context;
      pb::CreateFactRequest request;
      pb::Fact answer;
    };
    auto call = std::make_shared<Call>();
    call->context.AddMetadata("authorization", authorization_);
    call->request.set_parent(names_[static_cast<size_t>(number) % names_.size()]);
    *call->request.mutable_fact() = MakeFact(number);
    facts_->async()->CreateFact(
        &call->context, &call->request, &call->answer,
        [call, done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
  }

  void Get(std::function<void(bool, size_t)> done) override {
    struct Call {
      grpc::ClientContext context;
      pb::GetCaseRequest request;
      pb::Case answer;
    };
    auto call = std::make_shared<Call>();
    call->context.AddMetadata("authorization", authorization_);
    call->request.set_name(names_[0]);
    cases_->async()->GetCase(&call->context, &call->request, &call->answer,
                             [this, call, done = std::move(done)](const grpc::Status& status) {
                               Keep(call->answer);
                               done(status.ok(), call->answer.ByteSizeLong());
                             });
  }

  std::unique_ptr<Watch> Follow(int group, std::function<void(int)> on_events) override {
    grpc::ChannelArguments arguments;
    arguments.SetInt("vigil.group", group);  // another connection for each
    return std::make_unique<Following>(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments),
        authorization_, std::move(on_events));
  }

 private:
  // The first case read is what etcd is to serve.
  void Keep(const pb::Case& answer) {
    if (case_file_.empty() || kept_.exchange(true)) return;
    std::ofstream out(case_file_, std::ios::binary);
    answer.SerializeToOstream(&out);
  }

  const std::string address_, authorization_, case_file_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<pb::CaseService::Stub> cases_;
  const std::unique_ptr<pb::FactService::Stub> facts_;
  std::vector<std::string> names_;
  std::atomic<bool> kept_{false};
};

}  // namespace

std::string FactBytes(long number) { return MakeFact(number).SerializeAsString(); }

std::unique_ptr<Peer> MakeVigilPeer(const std::string& address, const std::string& token,
                                    const std::string& case_file) {
  return std::make_unique<VigilPeer>(address, token, case_file);
}

}  // namespace vigil::bench
