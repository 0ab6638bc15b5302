#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <mutex>

#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "gmock/gmock.h"
#include "tests/integration/gateway/gateway_fixture.h"
#include "vigil/gateway/v1/gateway.grpc.pb.h"

namespace vigil::gateway {
namespace {

using ::testing::HasSubstr;
using testing::kToken;

class GatewayRpc : public testing::GatewayTest {
 protected:
  std::shared_ptr<grpc::Channel> Channel() {
    return grpc::CreateChannel(fmt::format("127.0.0.1:{}", app_->GrpcPort()),
                               grpc::InsecureChannelCredentials());
  }

  static void Prepare(grpc::ClientContext& context) {
    rpc::CallOptions options;
    options.timeout = absl::Seconds(20);
    options.token = kToken;
    rpc::PrepareCall(context, options);
  }

  static std::string ReasonOf(const grpc::Status& status) {
    return rpc::ReasonOf(rpc::FromGrpcStatus(status));
  }

  // Calls what no stub has.
  grpc::Status CallUnknown(const std::string& rpc_path) {
    grpc::ClientContext context;
    Prepare(context);
    const grpc::Slice empty;
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    grpc::GenericStub stub(Channel());
    std::promise<grpc::Status> status;
    stub.UnaryCall(&context, rpc_path, grpc::StubOptions(), &request, &response,
                   [&](grpc::Status end) { status.set_value(std::move(end)); });
    return status.get_future().get();
  }
};

TEST_F(GatewayRpc, GatewayServiceAnswers) {
  const auto stub = v1::GatewayService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  v1::GetCaseFileRequest request;
  request.set_name("cases/c-1");
  v1::CaseFile file;
  const grpc::Status status = stub->GetCaseFile(&context, request, &file);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(file.case_().display_name(), "A. Person");
  EXPECT_EQ(file.missing_size(), 1);
}

TEST_F(GatewayRpc, PublicRpcsPassThroughWithErrorDetails) {
  const auto stub = registry::v1::CaseService::NewStub(Channel());
  registry::v1::GetCaseRequest request;
  registry::v1::Case response;
  request.set_name("cases/c-1");
  {
    grpc::ClientContext context;
    Prepare(context);
    EXPECT_TRUE(stub->GetCase(&context, request, &response).ok());
    EXPECT_EQ(response.display_name(), "A. Person");
    EXPECT_EQ(registry_.last_call().authorization, fmt::format("Bearer {}", kToken));
  }
  {
    grpc::ClientContext context;
    Prepare(context);
    request.set_name("cases/c-2");
    const grpc::Status status = stub->GetCase(&context, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(ReasonOf(status), "CASE_NOT_FOUND");
  }
  grpc::ClientContext another;
  another.AddMetadata("authorization", "Bearer known-to-the-registry-alone");
  stub->GetCase(&another, request, &response);
  EXPECT_EQ(registry_.last_call().authorization, "Bearer known-to-the-registry-alone");
  grpc::ClientContext without_token;
  const grpc::Status refused = stub->GetCase(&without_token, request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(refused), "TOKEN_MISSING");
}

TEST_F(GatewayRpc, RpcsWithoutAnHttpPath_PassToo) {
  const auto stub = registry::v1::SummaryService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  registry::v1::Summary response;
  const grpc::Status status = stub->GetSummary(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(GatewayRpc, RpcThatNobodyHas_IsRefusedWithAReason) {
  const auto settings = alert::v1::SettingsService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  alert::v1::ListPoliciesResponse policies;
  const grpc::Status backend = settings->ListPolicies(&context, {}, &policies);
  EXPECT_EQ(backend.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(ReasonOf(backend), "NOT_SERVED");
  const grpc::Status gateway = CallUnknown("/vigil.registry.v1.CaseService/NoSuchThing");
  EXPECT_EQ(gateway.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(ReasonOf(gateway), "NOT_SERVED");
}

TEST_F(GatewayRpc, BackendsAway_AreToldInOurWords) {
  alert_.Stop();
  registry_.Stop();
  grpc::ClientContext passed;
  Prepare(passed);
  alert::v1::ListAlertsResponse alerts;
  const grpc::Status through =
      alert::v1::AlertService::NewStub(Channel())->ListAlerts(&passed, {}, &alerts);
  EXPECT_EQ(through.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(through), "BACKEND_AWAY");
  EXPECT_EQ(through.error_message().find("connect"), std::string::npos);
  const auto own = v1::GatewayService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  v1::GetCaseFileRequest request;
  request.set_name("cases/c-1");
  v1::CaseFile file;
  EXPECT_EQ(ReasonOf(own->GetCaseFile(&context, request, &file)), "BACKEND_AWAY");
}

TEST_F(GatewayRpc, EveryCall_IsCountedAndLoggedByItsMethod) {
  std::mutex mutex;
  std::string lines;
  InitLog("gateway", LogLevel::kInfo);
  SetLogSink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines += line;
  });
  Start("127.0.0.1:0");
  registry::v1::Case response;
  registry::v1::GetCaseRequest request;
  request.set_name("cases/c-2");
  const auto stub = registry::v1::CaseService::NewStub(Channel());
  grpc::ClientContext known, without_token;
  Prepare(known);
  stub->GetCase(&known, request, &response);
  stub->GetCase(&without_token, request, &response);
  CallUnknown("/vigil.registry.v1.CaseService/NoSuchThing");
  const auto metrics = testing::Fetch(app_->MetricsPort(), "GET", "/metrics");
  ASSERT_TRUE(metrics);
  const char* const method = "method=\"vigil.registry.v1.CaseService/GetCase\"} 1";
  EXPECT_THAT(metrics->body, HasSubstr(fmt::format("{{code=\"UNAUTHENTICATED\",{}", method)));
  EXPECT_THAT(metrics->body, HasSubstr("{code=\"UNIMPLEMENTED\",method=\"(unknown)\"} 1"));
  app_->Stop();  // A call that passed is counted after its answer has gone.
  SetLogSink(nullptr);
  for (const char* reason : {"CASE_NOT_FOUND", "TOKEN_MISSING", "NOT_SERVED"}) {
    EXPECT_THAT(lines, HasSubstr(fmt::format("\"reason\":\"{}\"", reason)));
  }
  EXPECT_THAT(lines, ::testing::Not(HasSubstr("c-2")));
}

TEST_F(GatewayRpc, Line9_StreamsPassThroughWholeAndUnderTheSameTokens) {
  const auto stub = registry::v1::JournalService::NewStub(Channel());
  std::string token;
  for (const std::int64_t after : {0, 40}) {
    grpc::ClientContext context;
    Prepare(context);
    registry::v1::WatchChangesRequest request;
    request.set_token(token);
    const auto reader = stub->WatchChanges(&context, request);
    registry::v1::WatchChangesResponse change;
    std::int64_t expected = after + 1;
    while (reader->Read(&change)) {
      EXPECT_EQ(change.revision(), expected++);
      if (change.revision() == 40) token = change.token();
    }
    EXPECT_EQ(expected, 101);
    EXPECT_TRUE(reader->Finish().ok());
  }
  grpc::ClientContext context;
  Prepare(context);
  registry::v1::WatchChangesRequest old;
  old.set_token("old");
  const auto reader = stub->WatchChanges(&context, old);
  registry::v1::WatchChangesResponse change;
  EXPECT_FALSE(reader->Read(&change));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(rpc::MetadataOf(rpc::FromGrpcStatus(status)).at("oldest"), "7");
}

TEST_F(GatewayRpc, CancelledAndStoppedStreams_ReachTheBackend) {
  const auto stub = alert::v1::AlertService::NewStub(Channel());
  alert::v1::WatchAlertsResponse event;
  {
    grpc::ClientContext context;
    Prepare(context);
    const auto reader = stub->WatchAlerts(&context, {});
    ASSERT_TRUE(reader->Read(&event));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
    alert_.AwaitWatchEnd();
  }
  grpc::ClientContext context;
  Prepare(context);
  const auto reader = stub->WatchAlerts(&context, {});
  ASSERT_TRUE(reader->Read(&event));
  app_->Stop();
  while (reader->Read(&event)) {
  }
  const grpc::Status stopped = reader->Finish();
  EXPECT_EQ(stopped.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(stopped), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace vigil::gateway
