#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

constexpr char kUuid[] = "0d2bd1a0-8f5f-4d3c-9a51-6c6a3a3b1f01";

class Batches : public BookTest {
 protected:
  static v1::BatchCreateCasesRequest Cases(const std::vector<std::string>& ids) {
    v1::BatchCreateCasesRequest request;
    for (const std::string& id : ids) {
      v1::CreateCaseRequest& one = *request.add_requests();
      one.set_case_id(id);
      one.mutable_case_()->set_display_name("Person " + id);
    }
    return request;
  }

  auto Create(const v1::BatchCreateCasesRequest& request) {
    return Call(&Casebook::BatchCreateCases, request);
  }
  auto Create(const v1::BatchCreateFactsRequest& request) {
    return Call(&Casebook::BatchCreateFacts, request);
  }

  static void ExpectRefused(const absl::Status& status, const std::string& reason,
                            const std::string& field) {
    EXPECT_EQ(rpc::ReasonOf(status), reason) << status.message();
    auto metadata = rpc::MetadataOf(status);
    EXPECT_EQ(metadata["field"], field);
  }
};

TEST_F(Batches, Cases_AreCreatedInOneRevisionInTheirOrder) {
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto made, Create(Cases({"c-two", "c-one"})));
  ASSERT_EQ(made.cases_size(), 2);
  EXPECT_EQ(made.cases(0).name(), "cases/c-two");
  EXPECT_EQ(made.cases(1).name(), "cases/c-one");
  EXPECT_EQ(revision(), before + 1);
}

TEST_F(Batches, OneThatIsRefused_RefusesAllAndIsNamed) {
  const int64_t before = revision();
  v1::BatchCreateCasesRequest request = Cases({"c-one", "c-two"});
  request.mutable_requests(1)->mutable_case_()->clear_display_name();
  ExpectRefused(Create(request).status(), "REQUIRED", "requests[1].case.display_name");
  EXPECT_EQ(Create(Cases({"c-same", "c-same"})).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(revision(), before);
  EXPECT_EQ(book_->Present()->Find("cases/c-one"), nullptr);
}

TEST_F(Batches, EmptyHugeAndDoubled_AreRefused) {
  ExpectRefused(Create(v1::BatchCreateCasesRequest()).status(), "REQUIRED", "requests");
  ExpectRefused(Create(Cases(std::vector<std::string>(1001))).status(), "TOO_MANY", "requests");
  v1::BatchCreateCasesRequest request = Cases({"c-one", "c-two"});
  request.mutable_requests(0)->set_request_id(kUuid);
  request.mutable_requests(1)->set_request_id(kUuid);
  ExpectRefused(Create(request).status(), "DOUBLED", "requests[1].request_id");
}

TEST_F(Batches, RequestOfABatchThatIsRepeated_IsAnsweredLikeTheFirst) {
  v1::BatchCreateCasesRequest request = Cases({""});
  request.mutable_requests(0)->set_request_id(kUuid);
  ASSERT_OK_AND_ASSIGN(const auto first, Create(request));
  const int64_t before = revision();
  ASSERT_OK_AND_ASSIGN(const auto second, Create(request));
  EXPECT_EQ(second.cases(0).name(), first.cases(0).name());
  EXPECT_EQ(revision(), before);
}

TEST_F(Batches, FactOfABatch_MayReferToThoseBeforeIt) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::BatchCreateFactsRequest request;
  request.set_parent("cases/c-test");
  v1::CreateFactRequest& verdict = *request.add_requests();
  verdict.set_fact_id("f1");
  verdict.mutable_fact()->set_date("2018-03-01");
  verdict.mutable_fact()->mutable_source()->set_title("court file");
  verdict.mutable_fact()->mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
  verdict.mutable_fact()->mutable_verdict()->set_term("P2Y");
  v1::CreateFactRequest& appeal = *request.add_requests();
  appeal.mutable_fact()->set_date("2018-04-01");
  appeal.mutable_fact()->mutable_source()->set_title("court file");
  appeal.mutable_fact()->mutable_appeal_decision()->set_of("f1");
  ASSERT_OK_AND_ASSIGN(const auto made, Create(request));
  EXPECT_EQ(made.facts(0).name(), "cases/c-test/facts/f1");

  request.mutable_requests()->DeleteSubrange(0, 1);
  request.mutable_requests(0)->mutable_fact()->mutable_appeal_decision()->set_of("f7");
  ExpectRefused(Create(request).status(), "UNKNOWN_REFERENCE",
                "requests[0].fact.appeal_decision.of");
  request.mutable_requests(0)->set_parent("cases/c-other");
  ExpectRefused(Create(request).status(), "BAD_NAME", "requests[0].parent");
}

}  // namespace
}  // namespace vigil::registry
