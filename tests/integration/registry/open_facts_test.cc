// What callers see of a case with confidential facts who may not see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/audit.grpc.pb.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class OpenFactsTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  }

  void AddFact(const std::string& id, v1::Fact fact) {
    v1::CreateFactRequest request;
    request.set_parent("cases/c-test");
    request.set_fact_id(id);
    fact.mutable_source()->set_title("court file");
    *request.mutable_fact() = std::move(fact);
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, request, kStaff), IsOk());
  }
  // Custody without a known day: DATE_MISSING.
  void AddOpenGap() {
    v1::Fact fact;
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    AddFact("open", fact);
  }
  void AddContact() {
    v1::Fact fact;
    fact.mutable_contact()->set_name("Her Brother");
    fact.set_confidential(true);
    AddFact("contact", fact);
  }
  // Imprisonment, told in confidence: its findings quote its date.
  void AddSecretVerdict() {
    v1::Fact fact;
    fact.set_date("2018-03-05");
    fact.set_confidential(true);
    fact.mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
    fact.mutable_verdict()->set_term("P5Y");
    AddFact("secret", fact);
  }

  // Kinds of the findings that the holder of a token is shown.
  std::vector<std::string> Findings(const char* token) {
    auto findings = v1::FindingService::NewStub(channel_);
    const auto list =
        Call(*findings, &v1::FindingService::Stub::ListFindings, v1::ListFindingsRequest(), token);
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> kinds;
    for (const v1::Finding& finding : list->findings()) {
      if (token != kAdmin) {
        EXPECT_THAT(finding.text(), Not(HasSubstr("2018-03-05")));
      }
      kinds.push_back(finding.kind());
    }
    return kinds;
  }
  v1::Situation Situation(const char* token) {
    v1::GetCaseRequest request;
    request.set_name("cases/c-test");
    return Call(*cases_, &v1::CaseService::Stub::GetCase, request, token)->situation();
  }
  int Imprisoned(const char* token) {
    v1::ListCasesRequest request;
    request.set_filter("situation = SITUATION_IMPRISONED");
    return Call(*cases_, &v1::CaseService::Stub::ListCases, request, token)->total_size();
  }
  v1::Situation Found(const char* token) {
    v1::SearchCasesRequest request;
    request.set_query("Somebody");
    return Call(*cases_, &v1::CaseService::Stub::SearchCases, request, token)
        ->results(0)
        .case_()
        .situation();
  }
  // Methods in the access trail.
  std::vector<std::string> Trail() {
    auto audit = v1::AuditService::NewStub(channel_);
    std::vector<std::string> methods;
    const auto trail =
        Call(*audit, &v1::AuditService::Stub::ListAccesses, v1::ListAccessesRequest());
    for (const v1::Access& access : trail->accesses()) {
      EXPECT_THAT(access.facts(), ElementsAre("cases/c-test/facts/secret"));
      methods.push_back(access.method().substr(access.method().rfind('/') + 1));
    }
    return methods;
  }
};

TEST_F(OpenFactsTest, ContactRecorded_TakesNoFindingAway) {
  AddOpenGap();
  const std::vector<std::string> before = Findings(kStaff);
  EXPECT_THAT(before, testing::Contains("DATE_MISSING"));
  AddContact();
  EXPECT_EQ(Findings(kStaff), before);
  EXPECT_EQ(Findings(kAdmin), before);
  EXPECT_THAT(Trail(), IsEmpty()) << "nothing of it rests on the contact";
}

TEST_F(OpenFactsTest, FindingsOfAConfidentialFact_AreShownToAdministratorsOnly) {
  AddOpenGap();
  const std::vector<std::string> before = Findings(kStaff);
  AddSecretVerdict();
  EXPECT_EQ(Findings(kStaff), before);
  EXPECT_THAT(Trail(), IsEmpty());
  EXPECT_THAT(Findings(kAdmin), testing::Contains("CUSTODY_START_UNKNOWN"));
  EXPECT_THAT(Trail(), ElementsAre("ListFindings"));
}

TEST_F(OpenFactsTest, OneFinding_IsReadByItsNameByThoseWhoSeeIt) {
  AddSecretVerdict();
  auto findings = v1::FindingService::NewStub(channel_);
  ASSERT_OK_AND_ASSIGN(const auto list, Call(*findings, &v1::FindingService::Stub::ListFindings,
                                             v1::ListFindingsRequest()));
  ASSERT_GT(list.findings_size(), 0);
  v1::GetFindingRequest request;
  request.set_name(list.findings(0).name());
  const auto get = [&](const char* token) {
    return Call(*findings, &v1::FindingService::Stub::GetFinding, request, token);
  };
  ASSERT_OK_AND_ASSIGN(const v1::Finding found, get(kAdmin));
  EXPECT_EQ(found.text(), list.findings(0).text());
  EXPECT_THAT(Trail(), ElementsAre("ListFindings", "GetFinding"));
  EXPECT_EQ(rpc::ReasonOf(get(kReader).status()), "FINDING_NOT_FOUND");
  request.set_as_of("2018-03-01");
  EXPECT_EQ(rpc::ReasonOf(get(kAdmin).status()), "FINDING_NOT_FOUND") << "before the verdict";
  request.clear_as_of();
  request.set_known_at("1");
  EXPECT_EQ(rpc::ReasonOf(get(kAdmin).status()), "FINDING_NOT_FOUND") << "before it was recorded";
  for (const char* name : {"cases/c-test", "cases/c-test/deadlines/x", "people/x/findings/y"}) {
    request.set_name(name);
    EXPECT_EQ(rpc::ReasonOf(get(kAdmin).status()), "BAD_NAME") << name;
  }
}

TEST_F(OpenFactsTest, Situation_RestsOnOpenFactsForThoseWhoSeeNoOthers) {
  AddSecretVerdict();
  for (const char* token : {kReader, kStaff}) {
    EXPECT_EQ(Situation(token), v1::SITUATION_NOT_STATED);
    EXPECT_EQ(Found(token), v1::SITUATION_NOT_STATED);
    EXPECT_EQ(Imprisoned(token), 0) << "nor does a filter tell";
  }
  EXPECT_THAT(Trail(), IsEmpty());
  EXPECT_EQ(Situation(kAdmin), v1::SITUATION_IMPRISONED);
  EXPECT_EQ(Imprisoned(kAdmin), 1);
  EXPECT_EQ(Found(kAdmin), v1::SITUATION_IMPRISONED);
  EXPECT_THAT(Trail(), ElementsAre("GetCase", "ListCases", "SearchCases"));
}

TEST_F(OpenFactsTest, Summary_IsTheSameForEveryone) {
  AddSecretVerdict();
  for (const char* token : {kReader, kStaff, kAdmin}) {
    ASSERT_OK_AND_ASSIGN(
        const v1::Summary summary,
        Call(*summaries_, &v1::SummaryService::Stub::GetSummary, v1::GetSummaryRequest(), token));
    EXPECT_EQ(summary.headline_count(), 0) << token;
  }
  EXPECT_THAT(Trail(), IsEmpty());
}

TEST_F(OpenFactsTest, AnswerToAWrite_TellsNoMoreThanARead) {
  AddSecretVerdict();
  v1::UpdateCaseRequest request;
  request.mutable_case_()->set_name("cases/c-test");
  request.mutable_case_()->set_display_name("Somebody else");
  request.mutable_update_mask()->add_paths("display_name");
  ASSERT_OK_AND_ASSIGN(const v1::Case updated,
                       Call(*cases_, &v1::CaseService::Stub::UpdateCase, request, kStaff));
  EXPECT_EQ(updated.situation(), v1::SITUATION_NOT_STATED);
}

}  // namespace
}  // namespace vigil::registry
