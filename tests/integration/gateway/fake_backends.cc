#include "tests/integration/gateway/fake_backends.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <map>

#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "fmt/format.h"

namespace vigil::gateway::testing {
namespace {

using grpc::ServerContext;
using grpc::Status;

Status NoSuchCase(const std::string& name) {
  return rpc::ToGrpcStatus(
      rpc::NotFound("CASE_NOT_FOUND", {{"case", name}}, fmt::format("there is no {}", name)));
}

std::string MetadataOf(const ServerContext& context, const std::string& key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

SeenCall SeenOf(const ServerContext& context) {
  return {MetadataOf(context, "authorization"), MetadataOf(context, "traceparent"),
          MetadataOf(context, "vigil-on-behalf-of")};
}

std::unique_ptr<grpc::Server> Serve(const std::vector<grpc::Service*>& services, int* port) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  return builder.BuildAndStart();
}

}  // namespace

struct FakeRegistry::Seen {
  std::mutex mutex;
  SeenCall last;  // Under mutex.

  void Note(const ServerContext& context) {
    const std::lock_guard lock(mutex);
    last = SeenOf(context);
  }
};

class FakeRegistry::Cases : public registry::v1::CaseService::Service {
 public:
  explicit Cases(Seen& seen) : seen_(seen) {}

  Status GetCase(ServerContext* context, const registry::v1::GetCaseRequest* request,
                 registry::v1::Case* response) override {
    seen_.Note(*context);
    if (request->as_of() == "bad") {
      return rpc::ToGrpcStatus(rpc::InvalidArgument("BAD_DATE", "as_of", "as_of: no date"));
    }
    if (request->name() != "cases/c-1") return NoSuchCase(request->name());
    response->set_name(request->name());
    response->set_display_name("A. Person");
    return Status::OK;
  }

  Status ListCases(ServerContext*, const registry::v1::ListCasesRequest* request,
                   registry::v1::ListCasesResponse* response) override {
    response->add_cases()->set_name("cases/c-1");
    response->set_total_size(request->page_size());
    return Status::OK;
  }

  Status BatchGetCases(ServerContext*, const registry::v1::BatchGetCasesRequest* request,
                       registry::v1::BatchGetCasesResponse* response) override {
    for (const std::string& name : request->names()) {
      registry::v1::Case& one = *response->add_cases();
      one.set_name(name);
      one.mutable_update_time()->set_seconds(1'524'884'400);
    }
    return Status::OK;
  }

  Status CreateCase(ServerContext*, const registry::v1::CreateCaseRequest* request,
                    registry::v1::Case* response) override {
    *response = request->case_();
    response->set_name("cases/" + request->case_id());
    return Status::OK;
  }

 private:
  Seen& seen_;
};

// Two pages of one fact each.
class FakeRegistry::Facts : public registry::v1::FactService::Service {
  Status ListFacts(ServerContext*, const registry::v1::ListFactsRequest* request,
                   registry::v1::ListFactsResponse* response) override {
    const bool first = request->page_token().empty();
    response->add_facts()->set_name(request->parent() + (first ? "/facts/f1" : "/facts/f2"));
    if (first) response->set_next_page_token("2");
    return Status::OK;
  }
};

class FakeRegistry::Deadlines : public registry::v1::DeadlineService::Service {
  Status ListDeadlines(ServerContext*, const registry::v1::ListDeadlinesRequest* request,
                       registry::v1::ListDeadlinesResponse* response) override {
    auto& deadline = *response->add_deadlines();
    deadline.set_name((request->parent().empty() ? "cases/c-1" : request->parent()) +
                      "/deadlines/d1");
    deadline.set_earliest("2018-06-07");
    deadline.set_latest("2018-06-07");
    return Status::OK;
  }
};

// Left unimplemented: a part that cannot be had.
class FakeRegistry::Findings : public registry::v1::FindingService::Service {};

class FakeRegistry::Summaries : public registry::v1::SummaryService::Service {
  Status GetSummary(ServerContext*, const registry::v1::GetSummaryRequest* request,
                    registry::v1::Summary* response) override {
    if (!request->known_at().empty()) {
      return rpc::ToGrpcStatus(rpc::Unimplemented("NOT_THE_PAST", {}, "not the past"));
    }
    response->set_as_of(request->as_of());
    response->set_headline_count(38);
    return Status::OK;
  }
};

class FakeRegistry::Journal : public registry::v1::JournalService::Service {
  // One message, and no more.
  static Status Broken(const registry::v1::WatchChangesRequest& request,
                       grpc::ServerWriter<registry::v1::WatchChangesResponse>& writer) {
    registry::v1::WatchChangesResponse response;
    response.set_token("t1");
    if (request.token() == "odd") {
      auto& record = *response.mutable_change()->add_items()->mutable_record_changed();
      record.mutable_record()->mutable_body()->set_type_url("type.googleapis.com/of.nobody.Here");
      record.mutable_record()->mutable_body()->set_value("x");
    }
    writer.Write(response);
    return rpc::ToGrpcStatus(rpc::ResourceExhausted("SLOW_WATCHER", {{"token", "t1"}}, "slow"));
  }

  Status WatchChanges(ServerContext* context, const registry::v1::WatchChangesRequest* request,
                      grpc::ServerWriter<registry::v1::WatchChangesResponse>* writer) override {
    if (request->token() == "old") {
      return rpc::ToGrpcStatus(rpc::OutOfRange("COMPACTED", {{"oldest", "7"}}, "too old"));
    }
    if (request->token() == "slow" || request->token() == "odd") return Broken(*request, *writer);
    const int after = request->token().empty() ? 0 : std::stoi(request->token().substr(1));
    for (int revision = after + 1; revision <= 100; ++revision) {
      registry::v1::WatchChangesResponse response;
      response.set_revision(revision);
      response.set_token(fmt::format("t{}", revision));
      if (!writer->Write(response)) return Status::CANCELLED;
    }
    return context->IsCancelled() ? Status::CANCELLED : Status::OK;
  }

  Status PutRecord(ServerContext*, const registry::v1::PutRecordRequest* request,
                   registry::v1::Record* response) override {
    const std::lock_guard lock(mutex_);
    *response = records_[request->record().name()] = request->record();
    return Status::OK;
  }

  Status GetRecord(ServerContext*, const registry::v1::GetRecordRequest* request,
                   registry::v1::Record* response) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(request->name());
    if (found == records_.end()) return NoSuchCase(request->name());
    *response = found->second;
    return Status::OK;
  }

  Status ListRecords(ServerContext*, const registry::v1::ListRecordsRequest*,
                     registry::v1::ListRecordsResponse* response) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, record] : records_) *response->add_records() = record;
    return Status::OK;
  }

  Status DeleteRecord(ServerContext*, const registry::v1::DeleteRecordRequest* request,
                      registry::v1::DeleteRecordResponse*) override {
    const std::lock_guard lock(mutex_);
    records_.erase(request->name());
    return Status::OK;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, registry::v1::Record> records_;  // Under mutex_.
};

FakeRegistry::FakeRegistry() : seen_(std::make_unique<Seen>()) {
  services_.push_back(std::make_unique<Cases>(*seen_));
  services_.push_back(std::make_unique<Facts>());
  services_.push_back(std::make_unique<Deadlines>());
  services_.push_back(std::make_unique<Findings>());
  services_.push_back(std::make_unique<Summaries>());
  services_.push_back(std::make_unique<Journal>());
  std::vector<grpc::Service*> all;
  for (const auto& service : services_) all.push_back(service.get());
  server_ = Serve(all, &port_);
}

FakeRegistry::~FakeRegistry() { Stop(); }

void FakeRegistry::Stop() { server_->Shutdown(std::chrono::system_clock::now()); }

SeenCall FakeRegistry::last_call() const {
  const std::lock_guard lock(seen_->mutex);
  return seen_->last;
}

class FakeAlert::Alerts : public alert::v1::AlertService::Service {
 public:
  Status ListAlerts(ServerContext*, const alert::v1::ListAlertsRequest* request,
                    alert::v1::ListAlertsResponse* response) override {
    const std::lock_guard lock(mutex);
    last_filter = request->filter();
    if (refuse) return Status(grpc::StatusCode::UNAUTHENTICATED, "not known here");
    response->add_alerts()->set_name("alerts/a-1");
    response->set_total_size(3);
    return Status::OK;
  }

  Status GetAlert(ServerContext*, const alert::v1::GetAlertRequest* request,
                  alert::v1::Alert* response) override {
    const std::lock_guard lock(mutex);
    if (request->name() != alert.name()) return NoSuchCase(request->name());
    *response = alert;
    return Status::OK;
  }

  Status AcknowledgeAlert(ServerContext* context, const alert::v1::AcknowledgeAlertRequest* request,
                          alert::v1::Alert* response) override {
    const std::lock_guard lock(mutex);
    if (request->name() != alert.name()) return NoSuchCase(request->name());
    Answered(*context);
    alert.set_state(alert::v1::ALERT_STATE_ACKNOWLEDGED);
    alert.set_acknowledged_by(last_answer.on_behalf_of);
    *response = alert;
    return Status::OK;
  }

  Status SnoozeAlert(ServerContext* context, const alert::v1::SnoozeAlertRequest* request,
                     alert::v1::Alert* response) override {
    const std::lock_guard lock(mutex);
    Answered(*context);
    alert.set_state(alert::v1::ALERT_STATE_SNOOZED);
    *alert.mutable_snooze_until() = request->until();
    *response = alert;
    return Status::OK;
  }

  Status WatchAlerts(ServerContext* context, const alert::v1::WatchAlertsRequest* request,
                     grpc::ServerWriter<alert::v1::WatchAlertsResponse>* writer) override {
    if (request->token() == "bad") {
      return rpc::ToGrpcStatus(rpc::OutOfRange("COMPACTED", {}, "resume from the beginning"));
    }
    const int after = request->token().empty() ? 0 : std::atoi(request->token().c_str() + 1);
    for (int i = after + 1; i <= after + 2; ++i) {
      alert::v1::WatchAlertsResponse response;
      response.set_token(fmt::format("t{}", i));
      response.mutable_alert()->set_name(fmt::format("alerts/a-{}", i));
      if (!writer->Write(response)) break;
    }
    std::unique_lock lock(mutex);
    while (!context->IsCancelled() && !stopping) {
      changed.wait_for(lock, std::chrono::milliseconds(5));
    }
    ++ended;
    changed.notify_all();
    return Status::CANCELLED;
  }

  // With `mutex` held.
  void Answered(const ServerContext& context) {
    ++answers;
    last_answer = SeenOf(context);
  }

  std::mutex mutex;
  std::condition_variable changed;
  alert::v1::Alert alert;   // Under mutex.
  int answers = 0;          // Under mutex.
  SeenCall last_answer;     // Under mutex.
  std::string last_filter;  // Under mutex.
  int ended = 0;            // Under mutex.
  bool refuse = false;      // Under mutex.
  bool stopping = false;    // Under mutex.
};

class FakeAlert::Settings : public alert::v1::SettingsService::Service {
 public:
  Status GetReceiver(ServerContext*, const alert::v1::GetReceiverRequest* request,
                     alert::v1::Receiver* response) override {
    if (request->name() != receiver.name()) return NoSuchCase(request->name());
    *response = receiver;
    return Status::OK;
  }

  alert::v1::Receiver receiver;
};

FakeAlert::FakeAlert()
    : alerts_(std::make_unique<Alerts>()), settings_(std::make_unique<Settings>()) {
  alerts_->alert.set_name("alerts/a-1");
  alerts_->alert.set_case_("cases/c-1");
  alerts_->alert.set_state(alert::v1::ALERT_STATE_SENT);
  settings_->receiver.set_name("receivers/anna");
  server_ = Serve({alerts_.get(), settings_.get()}, &port_);
}

alert::v1::Alert& FakeAlert::alert() { return alerts_->alert; }

alert::v1::Receiver& FakeAlert::receiver() { return settings_->receiver; }

int FakeAlert::answers() const {
  const std::lock_guard lock(alerts_->mutex);
  return alerts_->answers;
}

SeenCall FakeAlert::last_answer() const {
  const std::lock_guard lock(alerts_->mutex);
  return alerts_->last_answer;
}

FakeAlert::~FakeAlert() { Stop(); }

void FakeAlert::Stop() {
  {
    const std::lock_guard lock(alerts_->mutex);
    alerts_->stopping = true;
  }
  server_->Shutdown(std::chrono::system_clock::now());
}

void FakeAlert::RefuseEverybody() {
  const std::lock_guard lock(alerts_->mutex);
  alerts_->refuse = true;
}

std::string FakeAlert::last_filter() const {
  const std::lock_guard lock(alerts_->mutex);
  return alerts_->last_filter;
}

void FakeAlert::AwaitWatchEnd() {
  std::unique_lock lock(alerts_->mutex);
  alerts_->changed.wait(lock, [this] { return alerts_->ended > 0; });
}

}  // namespace vigil::gateway::testing
