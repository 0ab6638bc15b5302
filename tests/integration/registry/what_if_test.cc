// Questions without consequences, over the API: who sees what of the answer, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/audit.grpc.pb.h"
#include "vigil/registry/v1/what_if.grpc.pb.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

class WhatIfServiceTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::CreateFactRequest request;
    request.set_parent("cases/c-test");
    request.set_fact_id("f1");
    *request.mutable_fact() = Custody("2018-04-20");
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, request), IsOk());
    what_ifs_ = v1::WhatIfService::NewStub(channel_);
    audit_ = v1::AuditService::NewStub(channel_);
    request_.set_name("cases/c-test");
  }

  // The facts of this test are confidential throughout.
  static v1::Fact Custody(const std::string& date) {
    v1::Fact fact;
    fact.set_date(date);
    fact.mutable_source()->set_title("court file");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    fact.set_confidential(true);
    return fact;
  }

  absl::StatusOr<v1::WhatIfResponse> Ask(const char* token = kAdmin) {
    return Call(*what_ifs_, &v1::WhatIfService::Stub::WhatIf, request_, token);
  }

  int Accesses() {
    return Call(*audit_, &v1::AuditService::Stub::ListAccesses, v1::ListAccessesRequest())
        ->accesses_size();
  }

  std::unique_ptr<v1::WhatIfService::Stub> what_ifs_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
  v1::WhatIfRequest request_;
};

TEST_F(WhatIfServiceTest, WithoutTheCustody_ThePersonIsNotHeld) {
  request_.add_without_facts("f1");
  ASSERT_OK_AND_ASSIGN(const auto answer, Ask());
  EXPECT_EQ(answer.as_of(), "2018-04-28");
  EXPECT_EQ(answer.situation_before(), v1::SITUATION_IN_DETENTION);
  EXPECT_EQ(answer.situation_after(), v1::SITUATION_NOT_STATED);
  EXPECT_GT(answer.moves_size(), 0);
  EXPECT_EQ(answer.revision(), app_->book().Present()->revision()) << "nothing was written";
}

TEST_F(WhatIfServiceTest, OfWhatWasKnownThen_BothSidesAreOfThen) {
  request_.set_known_at(std::to_string(app_->book().Present()->revision()));
  v1::RetractFactRequest retraction;
  retraction.set_name("cases/c-test/facts/f1");
  retraction.set_reason("another person");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  v1::Fact& death = *request_.add_supposed_facts();
  death.set_date("2018-04-25");
  death.mutable_source()->set_title("letter");
  death.mutable_death();
  ASSERT_OK_AND_ASSIGN(const auto answer, Ask());
  EXPECT_EQ(answer.situation_before(), v1::SITUATION_IN_DETENTION);
  EXPECT_EQ(answer.situation_after(), v1::SITUATION_DECEASED);
  EXPECT_EQ(std::to_string(answer.revision()), request_.known_at());
  request_.clear_known_at();
  ASSERT_OK_AND_ASSIGN(const auto now, Ask());
  EXPECT_EQ(now.situation_before(), v1::SITUATION_NOT_STATED) << "the custody is taken back";
  request_.set_known_at("999");
  EXPECT_EQ(rpc::ReasonOf(Ask().status()), "KNOWN_AT_AHEAD");
}

TEST_F(WhatIfServiceTest, WhoDoesNotSeeTheFact_GetsDatesAndNoReasons) {
  v1::CreateFactRequest verdict;
  verdict.set_parent("cases/c-test");
  verdict.set_fact_id("f2");
  *verdict.mutable_fact() = Custody("2018-04-25");
  verdict.mutable_fact()->mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, verdict), IsOk());
  request_.add_without_facts("f2");
  ASSERT_OK_AND_ASSIGN(const auto all, Ask(kAdmin));
  EXPECT_GT(all.gone_findings_size(), 0) << "its term is not known";
  EXPECT_EQ(Accesses(), 1) << "what was shown is in the trail";
  ASSERT_OK_AND_ASSIGN(const auto veiled, Ask(kReader));
  EXPECT_EQ(veiled.moves_size(), all.moves_size());
  int reasons = 0;
  for (const v1::DeadlineMove& move : veiled.moves()) {
    for (const v1::Deadline* side : {&move.before(), &move.after()}) {
      if (side->facts().empty()) continue;
      EXPECT_THAT(side->explanation(), testing::ElementsAre(HasSubstr("confidential")));
      ++reasons;
    }
  }
  EXPECT_GT(reasons, 2);
  EXPECT_EQ(veiled.new_findings_size() + veiled.gone_findings_size(), 0);
  EXPECT_EQ(Accesses(), 1) << "and nothing was shown here";
}

TEST_F(WhatIfServiceTest, OtherCalendar_IsCompiledAndCompared) {
  auto& calendar = *request_.add_calendars();
  calendar.set_yaml("country: KZ\n");
  EXPECT_THAT(Ask(), IsOk());
  calendar.set_yaml("country: KZ\nholiday: []\n");
  const absl::Status refused = Ask().status();
  EXPECT_EQ(rpc::ReasonOf(refused), "BAD_RULES");
  EXPECT_THAT(refused,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("calendars[0]:2: holiday")));
  request_.clear_calendars();
  for (int i = 0; i < 51; ++i) request_.add_rules();
  EXPECT_EQ(rpc::ReasonOf(Ask().status()), "TOO_MANY");
  request_.clear_rules();
  request_.add_rules()->set_yaml(std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(rpc::ReasonOf(Ask().status()), "TEXT_TOO_LONG");
}

TEST_F(WhatIfServiceTest, UnknownCase_IsNotFound) {
  request_.set_name("cases/c-nobody");
  EXPECT_EQ(rpc::ReasonOf(Ask().status()), "CASE_NOT_FOUND");
  EXPECT_THAT(Ask(nullptr), StatusIs(absl::StatusCode::kUnauthenticated));
}

}  // namespace
}  // namespace vigil::registry
