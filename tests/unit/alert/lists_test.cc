// The lists of alert-svc over gRPC: what is common to all of them, and each's own order.
#include <gmock/gmock.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "alert-svc/rpc/alert_service.h"
#include "alert-svc/rpc/assurance_service.h"
#include "alert-svc/rpc/settings_service.h"
#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/seal/page_token.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/unit/alert/replica_fixture.h"

namespace vigil::alert {
namespace {

using ::testing::ElementsAre;

constexpr char kAdmin[] = "an-administrators-token";
constexpr char kReader[] = "a-token-of-a-reader";

// Takes what the server's threads post, for the thread of the simulation to run.
class Mailbox final : public Executor {
 public:
  explicit Mailbox(Executor& executor) : executor_(executor) {}
  void Post(std::function<void()> fn) override {
    absl::MutexLock lock(&mutex_);
    posted_.push_back(std::move(fn));
  }
  TimerId After(absl::Duration wall, std::function<void()> fn) override {
    return executor_.After(wall, std::move(fn));
  }
  void Cancel(TimerId timer) override { executor_.Cancel(timer); }
  const Clock& clock() const override { return executor_.clock(); }

  void RunPosted() {
    std::vector<std::function<void()>> posted;
    {
      absl::MutexLock lock(&mutex_);
      posted.swap(posted_);
    }
    for (const auto& fn : posted) fn();
  }

 private:
  Executor& executor_;
  absl::Mutex mutex_;
  std::vector<std::function<void()>> posted_;
};

class ListsTest : public ReplicaFixture {
 protected:
  ListsTest() : ReplicaFixture(absl::FromUnixSeconds(1'524'916'800), 1) {
    AddToken("admin", config::v1::ROLE_ADMIN, kAdmin);
    AddToken("reader", config::v1::ROLE_READER, kReader);
    guard_ = *rpc::CallGuard::Load(config_, rpc_metrics_);
    AddCase("cases/c-1", "2018-06-01");
    AddCase("cases/c-2", "2018-07-01");
    AddCase("cases/c-3", "2018-06-15");
    for (const char* id : {"a", "b", "c"}) AddReceiver(id);
    Run(absl::Seconds(5));
    assurance_desk_ = std::make_unique<AssuranceDesk>(mailbox_, engine());
    settings_desk_ = std::make_unique<SettingsDesk>(
        mailbox_, replica_->feed,
        SettingsDesk::Lent{[this]() -> const Settings& { return world().settings(); },
                           [](std::int64_t, std::function<void()> done) { done(); }, &calendars_,
                           "/etc/vigil-secrets"});
    Serve();
  }

  void AddToken(const std::string& name, rpc::Role role, const char* text) {
    auto& token = *config_.add_tokens();
    token.set_name(name);
    token.set_role(role);
    token.set_file(dir_.Write("token-" + name, text));
  }

  void AddCase(const std::string& parent, const std::string& day) {
    registry::v1::Deadline deadline;
    deadline.set_name(parent + "/deadlines/d-1");
    deadline.set_earliest(day);
    deadline.set_latest(day);
    deadline.set_state(registry::v1::DEADLINE_STATE_UPCOMING);
    registry_.SetDeadlines(parent, {deadline});
  }

  void AddReceiver(const std::string& id) {
    v1::Receiver receiver;
    receiver.set_name("receivers/" + id);
    receiver.mutable_email()->set_address(id + "@example.org");
    receiver.set_private_(id == "b");
    registry_.PutSetting("records/" + receiver.name(), receiver);
  }

  void Serve() {
    assurance_ = std::make_unique<AssuranceService>(*assurance_desk_, book_, *guard_, sealer_,
                                                    replica_->clock);
    settings_ =
        std::make_unique<SettingsService>(*settings_desk_, *guard_, sealer_, replica_->clock);
    alerts_ = std::make_unique<AlertService>(book_, *guard_, sealer_, replica_->clock, nullptr);
    server_ = *rpc::RpcServer::Builder("127.0.0.1:0")
                   .Add<v1::AssuranceService>(assurance_.get())
                   .Add<v1::SettingsService>(settings_.get())
                   .Add<v1::AlertService>(alerts_.get())
                   .Start();
    const auto channel = rpc::MakeChannel("127.0.0.1:" + std::to_string(server_->Port()));
    assurance_stub_ = v1::AssuranceService::NewStub(channel);
    settings_stub_ = v1::SettingsService::NewStub(channel);
    alerts_stub_ = v1::AlertService::NewStub(channel);
  }

  // Calls as whoever has the token, while the engine runs.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const char* token = kAdmin) {
    auto answer = std::async(std::launch::async, [&]() -> absl::StatusOr<Response> {
      grpc::ClientContext context;
      rpc::CallOptions options;
      options.token = token;
      options.wait_for_ready = true;
      rpc::PrepareCall(context, options);
      Response response;
      const grpc::Status status = (stub.*method)(&context, request, &response);
      if (!status.ok()) return rpc::FromGrpcStatus(status);
      return response;
    });
    while (answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
      mailbox_.RunPosted();
      Run(absl::Milliseconds(1));
    }
    return answer.get();
  }

  // What every list refuses, and for which reason.
  template <class Stub, class Request, class Response>
  void ExpectRefusals(Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      Request request) {
    SCOPED_TRACE(Request::descriptor()->name());
    const auto reason = [&](const Request& asked) {
      return std::string(rpc::ReasonOf(Call(stub, method, asked).status()));
    };
    Request asked = request;
    asked.set_filter("no_such = 1");
    EXPECT_EQ(reason(asked), "FILTER_INVALID");
    asked = request;
    asked.set_order_by("no_such");
    EXPECT_EQ(reason(asked), "ORDER_INVALID");
    asked = request;
    asked.set_page_size(-1);
    EXPECT_EQ(reason(asked), "PAGE_SIZE_NEGATIVE");
    asked = request;
    asked.set_page_token(SealPageToken(sealer_, request, "x"));
    EXPECT_EQ(reason(asked), "") << "a token of the same list";
    asked.set_order_by("a_field_that_the_token_was_not_made_for");
    EXPECT_EQ(reason(asked), "PAGE_TOKEN_INVALID");
  }

  civil::Calendars calendars_;
  Mailbox mailbox_{replica_->executor};
  TempDir dir_;
  config::v1::Common config_;
  Metrics metrics_;
  rpc::RpcMetrics rpc_metrics_{metrics_};
  std::unique_ptr<rpc::CallGuard> guard_;
  const Sealer sealer_;
  AlertBook book_{"test"};
  std::unique_ptr<AssuranceDesk> assurance_desk_;
  std::unique_ptr<SettingsDesk> settings_desk_;
  std::unique_ptr<AssuranceService> assurance_;
  std::unique_ptr<SettingsService> settings_;
  std::unique_ptr<AlertService> alerts_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::unique_ptr<v1::AssuranceService::Stub> assurance_stub_;
  std::unique_ptr<v1::SettingsService::Stub> settings_stub_;
  std::unique_ptr<v1::AlertService::Stub> alerts_stub_;
};

TEST_F(ListsTest, AnyOfThem_RefusesWhatItsElementsDoNotHaveAndTokensOfOtherArguments) {
  using Assurance = v1::AssuranceService::Stub;
  using Setting = v1::SettingsService::Stub;
  v1::ForecastMessagesRequest forecast;
  forecast.set_until("2018-06-01");
  ExpectRefusals(*assurance_stub_, &Assurance::ForecastMessages, forecast);
  ExpectRefusals(*assurance_stub_, &Assurance::ListUnwatchedCases, v1::ListUnwatchedCasesRequest());
  ExpectRefusals(*assurance_stub_, &Assurance::ListDeadLetters, v1::ListDeadLettersRequest());
  ExpectRefusals(*assurance_stub_, &Assurance::ListHeldShards, v1::ListHeldShardsRequest());
  ExpectRefusals(*assurance_stub_, &Assurance::ListHeldMessages, v1::ListHeldMessagesRequest());
  ExpectRefusals(*settings_stub_, &Setting::ListPolicies, v1::ListPoliciesRequest());
  ExpectRefusals(*settings_stub_, &Setting::ListReceivers, v1::ListReceiversRequest());
  ExpectRefusals(*settings_stub_, &Setting::ListSubscriptions, v1::ListSubscriptionsRequest());
  ExpectRefusals(*settings_stub_, &Setting::ListSilences, v1::ListSilencesRequest());
  ExpectRefusals(*alerts_stub_, &v1::AlertService::Stub::ListAlerts, v1::ListAlertsRequest());
}

TEST_F(ListsTest, Receivers_AreFilteredOrderedAndPaged) {
  v1::ListReceiversRequest request;
  request.set_filter("email.address : \"example.org\"");
  request.set_order_by("private desc");
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListReceiversResponse page,
                         Call(*settings_stub_, &v1::SettingsService::Stub::ListReceivers, request));
    EXPECT_EQ(page.total_size(), 3);
    for (const v1::Receiver& receiver : page.receivers()) names.push_back(receiver.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("receivers/b", "receivers/a", "receivers/c"));
}

TEST_F(ListsTest, Receivers_TellAReaderNothingByAFilter) {
  v1::ListReceiversRequest request;
  for (const char* filter : {"", "email.address = \"a@example.org\"", "no_such = 1"}) {
    request.set_filter(filter);
    const auto refused =
        Call(*settings_stub_, &v1::SettingsService::Stub::ListReceivers, request, kReader);
    EXPECT_EQ(rpc::ReasonOf(refused.status()), "ROLE_TOO_LOW") << filter;
  }
}

TEST_F(ListsTest, UnwatchedCases_GoByAFieldAndAreCountedUnderAFilter) {
  v1::ListUnwatchedCasesRequest request;
  request.set_order_by("next_date desc");
  request.set_filter("next_date >= \"2018-06-10\"");
  ASSERT_OK_AND_ASSIGN(
      const v1::ListUnwatchedCasesResponse page,
      Call(*assurance_stub_, &v1::AssuranceService::Stub::ListUnwatchedCases, request));
  EXPECT_EQ(page.total_size(), 2);
  std::vector<std::string> names;
  for (const v1::UnwatchedCase& row : page.cases()) names.push_back(row.case_());
  EXPECT_THAT(names, ElementsAre("cases/c-2", "cases/c-3"));
}

TEST_F(ListsTest, Alerts_GoByAFieldAndWithoutAFilterShowNoneThatIsClosed) {
  std::vector<v1::Alert> alerts;
  for (const auto& [id, state, kind] :
       {std::make_tuple("x", v1::ALERT_STATE_SENT, registry::v1::DEADLINE_KIND_UN_FOLLOW_UP),
        std::make_tuple("y", v1::ALERT_STATE_SCHEDULED, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT),
        std::make_tuple("z", v1::ALERT_STATE_CLOSED, registry::v1::DEADLINE_KIND_CUSTODY_LIMIT)}) {
    v1::Alert& alert = alerts.emplace_back();
    alert.set_name(std::string("alerts/") + id);
    alert.set_state(state);
    alert.set_kind(kind);
  }
  book_.Publish({{"cases/c-1", alerts}});
  const auto names = [&](const v1::ListAlertsRequest& request) {
    std::vector<std::string> names;
    const auto page = Call(*alerts_stub_, &v1::AlertService::Stub::ListAlerts, request);
    EXPECT_THAT(page, IsOk());
    for (const v1::Alert& alert : page->alerts()) names.push_back(alert.name());
    return names;
  };
  v1::ListAlertsRequest request;
  EXPECT_THAT(names(request), ElementsAre("alerts/x", "alerts/y"));
  request.set_order_by("kind");
  EXPECT_THAT(names(request), ElementsAre("alerts/y", "alerts/x"));
  request.set_filter("name:*");
  request.set_order_by("name desc");
  EXPECT_THAT(names(request), ElementsAre("alerts/z", "alerts/y", "alerts/x"));
}

}  // namespace
}  // namespace vigil::alert
