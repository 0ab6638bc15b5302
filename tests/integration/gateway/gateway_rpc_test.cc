#include <grpcpp/create_channel.h>

#include "common/rpc/channel.h"
#include "common/rpc/errors.h"
#include "common/rpc/status.h"
#include "tests/integration/gateway/gateway_fixture.h"
#include "vigil/gateway/v1/gateway.grpc.pb.h"

namespace vigil::gateway {
namespace {

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
    EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(status)), "CASE_NOT_FOUND");
  }
  grpc::ClientContext another;
  another.AddMetadata("authorization", "Bearer known-to-the-registry-alone");
  stub->GetCase(&another, request, &response);
  EXPECT_EQ(registry_.last_call().authorization, "Bearer known-to-the-registry-alone");
  grpc::ClientContext without_token;
  EXPECT_EQ(stub->GetCase(&without_token, request, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(GatewayRpc, InternalRpcsDoNotPass) {
  const auto stub = registry::v1::ImportService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  registry::v1::ImportCasesResponse response;
  const grpc::Status status = stub->ImportCases(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(status)), "NOT_SERVED");
}

TEST_F(GatewayRpc, BackendThatIsAway_IsToldInOurWords) {
  registry_.Stop();
  const auto stub = registry::v1::CaseService::NewStub(Channel());
  grpc::ClientContext context;
  Prepare(context);
  registry::v1::Case response;
  const grpc::Status status = stub->GetCase(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(status)), "BACKEND_AWAY");
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
  EXPECT_EQ(rpc::ReasonOf(rpc::FromGrpcStatus(stopped)), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace vigil::gateway
