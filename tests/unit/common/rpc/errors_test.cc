#include "common/rpc/errors.h"

#include <gmock/gmock.h>

#include "common/rpc/status.h"
#include "common/rpc/trace.h"
#include "google/rpc/error_details.pb.h"
#include "tests/testing/status_matchers.h"

namespace vigil::rpc {
namespace {

using ::absl::StatusCode;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Errors, ReasonAndMetadata_SurviveTheWire) {
  const auto sent = NotFound("CASE_NOT_FOUND", {{"case", "cases/x"}}, "no such case");
  const auto got = FromGrpcStatus(ToGrpcStatus(sent));
  EXPECT_EQ(got, sent);
  EXPECT_EQ(ReasonOf(got), "CASE_NOT_FOUND");
  EXPECT_THAT(MetadataOf(got), UnorderedElementsAre(Pair("case", "cases/x")));
}

TEST(Errors, InvalidArgument_CarriesTheFieldAsAViolation) {
  const auto wire = ToRpcStatus(InvalidArgument("BAD_DATE", "fact.date", "no date"));
  ASSERT_EQ(wire.details_size(), 2);
  for (const auto& detail : wire.details()) {
    google::rpc::BadRequest bad;
    google::rpc::ErrorInfo info;
    if (detail.Is<google::rpc::BadRequest>()) {
      ASSERT_TRUE(detail.UnpackTo(&bad));
      EXPECT_EQ(bad.field_violations(0).field(), "fact.date");
    } else {
      ASSERT_TRUE(detail.UnpackTo(&info));
      EXPECT_EQ(info.domain(), "vigil");
      EXPECT_EQ(info.metadata().at("field"), "fact.date");
    }
  }
}

TEST(Errors, EveryCode_SurvivesTheWire) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<StatusCode>(code), "x");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)).code(), status.code());
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_THAT(FromGrpcStatus(grpc::Status::OK), IsOk());
}

TEST(Errors, OursKeepTheirMessageToThemselves) {
  const auto wire = ToGrpcStatus(Internal("BROKEN", {}, "row 7 of table secret"));
  EXPECT_EQ(wire.error_message().find("secret"), std::string::npos);
  EXPECT_EQ(wire.error_details().find("secret"), std::string::npos);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(wire)), "BROKEN");
}

TEST(Errors, LongMessage_IsCutOnACharactersBoundary) {
  std::string text = "x";
  while (text.size() < 3000) text += "ң";
  const auto wire = ToGrpcStatus(NotFound("X", {}, text));
  EXPECT_EQ(wire.error_message().size(), 1023u);
  EXPECT_EQ(wire.error_message(), text.substr(0, 1023));
}

TEST(Errors, DetailsThatDoNotParse_AreLeftOut) {
  const auto got = FromGrpcStatus(grpc::Status(grpc::StatusCode::ABORTED, "x", "\xff\xff"));
  EXPECT_THAT(got, StatusIs(StatusCode::kAborted));
  EXPECT_EQ(ReasonOf(got), "");
}

TEST(Errors, Annotate_KeepsTheDetails) {
  const auto status = Annotate(NotFound("X", {}, "gone"), "file.yaml:3: ");
  EXPECT_THAT(status, StatusIs(StatusCode::kNotFound, std::string("file.yaml:3: gone")));
  EXPECT_EQ(ReasonOf(status), "X");
}

TEST(Trace, Traceparent_GoesOnWithItsId) {
  const std::string id = NewTraceId();
  EXPECT_EQ(id.size(), 32u);
  EXPECT_NE(id, NewTraceId());
  EXPECT_EQ(TraceIdOf(TraceparentOf(id)), id);
}

TEST(Trace, MalformedTraceparent_HasNoId) {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_EQ(TraceIdOf(good), "4bf92f3577b34da6a3ce929d0e0e4736");
  for (const std::string& bad :
       {std::string(), good.substr(0, 54), "ff" + good.substr(2), "0g" + good.substr(2),
        "00-00000000000000000000000000000000" + good.substr(35),
        "00-4BF92F3577B34DA6A3CE929D0E0E4736" + good.substr(35), std::string(55, '-')}) {
    EXPECT_EQ(TraceIdOf(bad), "") << bad;
  }
}

}  // namespace
}  // namespace vigil::rpc
