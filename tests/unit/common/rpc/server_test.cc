#include "common/rpc/server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/unary.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace vigil::rpc {
namespace {

namespace pb = registry::v1;
using ::absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kReader = "reader-reader-reader-reader";
constexpr const char* kService = "service-service-service-service";

// GetCase answers at once, DeleteCase when the test says so, UpdateCase never.
class Cases final : public pb::CaseService::CallbackService {
 public:
  explicit Cases(const CallGuard& guard) : guard_(guard) {}

  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const pb::GetCaseRequest* request,
                                    pb::Case* response) override {
    return Unary(
        context, guard_, config::v1::ROLE_READER, request, response,
        [](const Caller& caller, const pb::GetCaseRequest& get) -> absl::StatusOr<pb::Case> {
          if (get.name() == "cases/broken") return Internal("BROKEN", {}, "row 7");
          if (get.name() != "cases/a") {
            return NotFound("CASE_NOT_FOUND", {{"case", get.name()}}, "no such case");
          }
          pb::Case found;
          found.set_name(get.name());
          found.set_display_name(caller.name);
          return found;
        });
  }

  grpc::ServerUnaryReactor* DeleteCase(grpc::CallbackServerContext* context,
                                       const pb::DeleteCaseRequest* request,
                                       pb::Case* response) override {
    return Unary(context, guard_, config::v1::ROLE_READER, request, response,
                 [this](const Caller&, const pb::DeleteCaseRequest&, Done<pb::Case> done) {
                   std::lock_guard lock(mutex_);
                   waiting_ = std::move(done);
                   arrived_.Notify();
                 });
  }

  grpc::ServerUnaryReactor* UpdateCase(grpc::CallbackServerContext* context,
                                       const pb::UpdateCaseRequest* request,
                                       pb::Case* response) override {
    return Unary(context, guard_, config::v1::ROLE_STAFF, request, response,
                 [](const Caller&, const pb::UpdateCaseRequest&, Done<pb::Case>) {});
  }

  grpc::ServerUnaryReactor* UndeleteCase(grpc::CallbackServerContext* context,
                                         const pb::UndeleteCaseRequest* request,
                                         pb::Case* response) override {
    return Unary(context, guard_, config::v1::ROLE_SERVICE, request, response,
                 [](const Caller&, const pb::UndeleteCaseRequest&) -> absl::StatusOr<pb::Case> {
                   return pb::Case();
                 });
  }

  // Blocks until a DeleteCase has arrived.
  Done<pb::Case> TakeWaiting() {
    arrived_.WaitForNotification();
    std::lock_guard lock(mutex_);
    return std::move(waiting_);
  }

 private:
  const CallGuard& guard_;
  std::mutex mutex_;
  Done<pb::Case> waiting_;
  absl::Notification arrived_;
};

class Server : public testing::Test {
 protected:
  Server() {
    SetLogSink([this](std::string_view line) {
      std::lock_guard lock(log_mutex_);
      log_ += std::string(line) + "\n";
    });
    AddToken("reader", config::v1::ROLE_READER, kReader);
    AddToken("service", config::v1::ROLE_SERVICE, kService);
    guard_ = *CallGuard::Load(config_, rpc_metrics_);
    cases_ = std::make_unique<Cases>(*guard_);
    server_ = *RpcServer::Builder("127.0.0.1:0").Add<pb::CaseService>(cases_.get()).Start();
    channel_ = MakeChannel(fmt::format("127.0.0.1:{}", server_->Port()));
    stub_ = pb::CaseService::NewStub(channel_);
  }
  ~Server() override {
    server_->Shutdown(absl::ZeroDuration());
    SetLogSink({});
  }

  void AddToken(const std::string& name, Role role, const std::string& text) {
    auto* token = config_.add_tokens();
    token->set_name(name);
    token->set_role(role);
    token->set_file(dir_.Write(name, text));
  }

  // Who GetCase takes the caller for.
  absl::StatusOr<std::string> CallerFor(std::string_view token, std::string_view on_behalf_of) {
    grpc::ClientContext context;
    PrepareCall(context, {.timeout = absl::Seconds(60),
                          .token = token,
                          .trace_id = {},
                          .on_behalf_of = on_behalf_of});
    pb::GetCaseRequest request;
    request.set_name("cases/a");
    pb::Case response;
    const auto status = stub_->GetCase(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response.display_name();
  }

  absl::StatusOr<pb::Case> Get(const std::string& name, std::string_view token = kReader,
                               std::string_view trace = {}) {
    grpc::ClientContext context;
    PrepareCall(context, {.timeout = absl::Seconds(60), .token = token, .trace_id = trace});
    pb::GetCaseRequest request;
    request.set_name(name);
    pb::Case response;
    const auto status = stub_->GetCase(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<pb::Case> Delete(grpc::ClientContext& context) {
    pb::Case response;
    const auto status = stub_->DeleteCase(&context, pb::DeleteCaseRequest(), &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  grpc::Status CallRaw(const std::string& method, const grpc::ByteBuffer& request,
                       grpc::ByteBuffer* response) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    PrepareCall(context, {.timeout = absl::Seconds(60), .token = {}, .trace_id = {}});
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &request, response,
                   [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    return ended.get_future().get();
  }

  // 1 serving, 2 not serving; -1 where the call fails.
  int Health(const std::string& service) {
    std::string bytes =
        service.empty() ? "" : std::string("\x0a") + static_cast<char>(service.size()) + service;
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::Slice answer;
    if (!CallRaw("/grpc.health.v1.Health/Check", request, &response).ok() ||
        !response.DumpToSingleSlice(&answer).ok()) {
      return -1;
    }
    return answer.size() == 2 ? answer.begin()[1] : 0;
  }

  std::string LogText() {
    std::lock_guard lock(log_mutex_);
    return log_;
  }

  std::mutex log_mutex_;
  std::string log_;
  const TempDir dir_;
  Metrics metrics_;
  RpcMetrics rpc_metrics_{metrics_, 2};
  config::v1::Common config_;
  std::unique_ptr<CallGuard> guard_;
  std::unique_ptr<Cases> cases_;
  std::unique_ptr<RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::CaseService::Stub> stub_;
};

TEST_F(Server, Service_CallsOnBehalfOfWhoHasNoToken) {
  EXPECT_THAT(CallerFor(kService, ""), IsOkAndHolds(std::string("service")));
  EXPECT_THAT(CallerFor(kService, "receivers/anna"), IsOkAndHolds(std::string("receivers/anna")));
}

TEST_F(Server, AnybodyElseOrTheNameOfAToken_IsNotSpokenFor) {
  for (const auto& [token, whom] :
       std::map<std::string, std::string>{{kReader, "receivers/anna"}, {kService, "reader"}}) {
    const auto caller = CallerFor(token, whom);
    EXPECT_THAT(caller, StatusIs(StatusCode::kPermissionDenied));
    EXPECT_EQ(ReasonOf(caller.status()), "ON_BEHALF_OF");
  }
}

TEST_F(Server, OnBehalfOfAnother_NoMoreThanStaffMayIsDone) {
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60),
                        .token = kService,
                        .trace_id = {},
                        .on_behalf_of = "receivers/anna"});
  pb::Case response;
  const auto status = stub_->UndeleteCase(&context, pb::UndeleteCaseRequest(), &response);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(status)), "ROLE_TOO_LOW");
}

TEST_F(Server, AdmittedCall_IsAnsweredAndCounted) {
  ASSERT_OK_AND_ASSIGN(const auto found, Get("cases/a"));
  EXPECT_EQ(found.display_name(), "reader");
  EXPECT_THAT(metrics_.Text(), HasSubstr(R"(vigil_rpc_requests_total{code="OK",)"
                                         R"(method="vigil.registry.v1.CaseService/GetCase"} 1)"));
  EXPECT_THAT(metrics_.Text(), HasSubstr(R"(vigil_rpc_duration_seconds_count{code="OK",)"
                                         R"(method="vigil.registry.v1.CaseService/GetCase"} 1)"));
  EXPECT_EQ(LogText(), "");
}

TEST_F(Server, Error_ReachesTheCallerWholeAndIsLoggedWithItsTrace) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto found = Get("cases/b", kReader, trace);
  EXPECT_THAT(found, StatusIs(StatusCode::kNotFound, HasSubstr("no such case")));
  EXPECT_EQ(ReasonOf(found.status()), "CASE_NOT_FOUND");
  EXPECT_THAT(LogText(), HasSubstr(trace));
  EXPECT_THAT(LogText(), HasSubstr("CASE_NOT_FOUND"));
  EXPECT_THAT(LogText(), Not(HasSubstr("no such case")));
}

TEST_F(Server, BrokenInvariant_IsLoggedAndNotTold) {
  const auto found = Get("cases/broken");
  EXPECT_THAT(found, StatusIs(StatusCode::kInternal, Not(HasSubstr("row 7"))));
  EXPECT_THAT(LogText(), HasSubstr("row 7"));
}

TEST_F(Server, CallWithoutToken_IsRefusedBeforeAnythingIsLookedUp) {
  EXPECT_EQ(ReasonOf(Get("cases/nowhere", "").status()), "TOKEN_MISSING");
  EXPECT_EQ(ReasonOf(Get("cases/nowhere", "wrong-wrong-wrong").status()), "TOKEN_UNKNOWN");
}

TEST_F(Server, TooLowARole_IsRefused) {
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  pb::Case response;
  const auto status = stub_->UpdateCase(&context, pb::UpdateCaseRequest(), &response);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(status)), "ROLE_TOO_LOW");
}

TEST_F(Server, AnswerFromAnotherThread_ArrivesOnce) {
  std::thread answers([this] {
    const auto done = cases_->TakeWaiting();
    pb::Case answer;
    answer.set_name("cases/late");
    done(answer);
    done(Internal("TWICE", {}, ""));
  });
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  const auto found = Delete(context);
  answers.join();
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->name(), "cases/late");
}

TEST_F(Server, DroppedCall_EndsWithInternal) {
  std::thread drops([this] { cases_->TakeWaiting(); });
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  const auto found = Delete(context);
  drops.join();
  EXPECT_EQ(ReasonOf(found.status()), "HANDLER_DROPPED");
}

TEST_F(Server, AnswerToACallerThatHasGone_DoesNoHarm) {
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  std::thread leaves([&] {
    const auto done = cases_->TakeWaiting();
    context.TryCancel();
    done(pb::Case());
  });
  Delete(context).status().IgnoreError();
  leaves.join();
  EXPECT_THAT(Get("cases/a"), IsOk());
}

TEST_F(Server, CallsBeyondTheLimit_AreShed) {
  ASSERT_TRUE(rpc_metrics_.Enter());
  ASSERT_TRUE(rpc_metrics_.Enter());
  const auto found = Get("cases/a");
  EXPECT_THAT(found, StatusIs(StatusCode::kResourceExhausted));
  EXPECT_EQ(ReasonOf(found.status()), "OVERLOADED");
  rpc_metrics_.Leave();
  EXPECT_THAT(Get("cases/a"), IsOk());
  rpc_metrics_.Leave();
}

TEST(Deadline, ThatHasPassed_IsRefusedAndAnyOtherIsNot) {
  const gpr_timespec now = gpr_now(GPR_CLOCK_MONOTONIC);
  const gpr_timespec second = gpr_time_from_seconds(1, GPR_TIMESPAN);
  EXPECT_EQ(ReasonOf(internal::CheckDeadline(gpr_time_sub(now, second))), "DEADLINE_PASSED");
  EXPECT_THAT(internal::CheckDeadline(gpr_inf_future(GPR_CLOCK_REALTIME)), IsOk());
  EXPECT_THAT(internal::CheckDeadline(gpr_time_add(now, gpr_time_from_hours(1, GPR_TIMESPAN))),
              IsOk());
}

TEST_F(Server, MethodThatNobodyServes_IsRefusedWithAReason) {
  const grpc::Slice nothing;
  for (const char* method : {"/vigil.registry.v1.CaseService/Bogus", "/no.such.Service/Get"}) {
    grpc::ByteBuffer response;
    const auto status = CallRaw(method, grpc::ByteBuffer(&nothing, 1), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << method;
    EXPECT_EQ(ReasonOf(FromGrpcStatus(status)), "NOT_SERVED") << method;
  }
}

TEST_F(Server, Health_IsToldOverallAndForEachService) {
  EXPECT_EQ(Health(""), 2);
  server_->SetServing(true);
  EXPECT_EQ(Health(""), 1);
  EXPECT_EQ(Health("vigil.registry.v1.CaseService"), 1);
  EXPECT_EQ(Health("no.such.Service"), -1);
}

TEST_F(Server, Shutdown_WaitsForCallsUnderWay) {
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  absl::StatusOr<pb::Case> found = absl::UnknownError("");
  std::thread calls([&] { found = Delete(context); });
  const auto done = cases_->TakeWaiting();
  std::thread stops([this] { server_->Shutdown(absl::Seconds(60)); });
  done(pb::Case());
  stops.join();
  calls.join();
  EXPECT_THAT(found, IsOk());
}

TEST_F(Server, Shutdown_CancelsWhatIsLeftAtTheDeadline) {
  grpc::ClientContext context;
  PrepareCall(context, {.timeout = absl::Seconds(60), .token = kReader, .trace_id = {}});
  absl::StatusOr<pb::Case> found = absl::UnknownError("");
  std::thread calls([&] { found = Delete(context); });
  auto done = cases_->TakeWaiting();
  std::thread stops([this] { server_->Shutdown(absl::ZeroDuration()); });
  calls.join();  // the caller hears of it although the handler never answered
  done(pb::Case());
  stops.join();
  EXPECT_FALSE(found.ok());
}

TEST_F(Server, PortInUse_IsRefusedWithTheAddress) {
  const std::string taken = fmt::format("127.0.0.1:{}", server_->Port());
  const auto second = RpcServer::Builder(taken).Start();
  EXPECT_THAT(second, StatusIs(StatusCode::kUnavailable, HasSubstr(taken)));
  EXPECT_EQ(ReasonOf(second.status()), "CANNOT_LISTEN");
}

TEST_F(Server, TooLargeARequest_IsRefused) {
  EXPECT_THAT(Get(std::string(9 << 20, 'x')), StatusIs(StatusCode::kResourceExhausted));
}

TEST_F(Server, UnixSocket_Serves) {
  const std::string address = "unix:" + dir_.File("s");
  Cases cases(*guard_);
  ASSERT_OK_AND_ASSIGN(const auto server,
                       RpcServer::Builder(address).Add<pb::CaseService>(&cases).Start());
  stub_ = pb::CaseService::NewStub(MakeChannel(address));
  EXPECT_THAT(Get("cases/a"), IsOk());
}

}  // namespace
}  // namespace vigil::rpc
