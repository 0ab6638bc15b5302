// Who read what, over the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/rpc/errors.h"
#include "registry-svc/journal/entry.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/audit.grpc.pb.h"
#include "vigil/registry/v1/exchange.pb.h"
#include "vigil/registry/v1/journal.pb.h"
#include "vigil/registry/v1/vocabulary.pb.h"
#include "vigil/registry/v1/what_if.pb.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class AuditTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    Fill();
  }

  // A case with an open and a confidential fact.
  void Fill() {
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    v1::CreateFactRequest request;
    request.set_parent("cases/c-test");
    request.set_fact_id("open");
    v1::Fact& fact = *request.mutable_fact();
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title("court file");
    fact.mutable_search()->set_what("papers");
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, request), IsOk());
    request.set_fact_id("secret");
    fact.set_date("2018-03");  // a month alone: that is a finding
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    fact.set_confidential(true);
    fact.set_note("told in confidence");
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, request), IsOk());
    audit_ = v1::AuditService::NewStub(channel_);
  }

  std::vector<v1::Access> Accesses(const std::string& filter = "") {
    v1::ListAccessesRequest request;
    request.set_filter(filter);
    request.set_page_size(2);
    std::vector<v1::Access> all;
    do {
      const auto page = Call(*audit_, &v1::AuditService::Stub::ListAccesses, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return all;
      all.insert(all.end(), page->accesses().begin(), page->accesses().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  absl::StatusOr<v1::Fact> GetFact(const std::string& id, const char* token) {
    v1::GetFactRequest request;
    request.set_name("cases/c-test/facts/" + id);
    return Call(*facts_, &v1::FactService::Stub::GetFact, request, token);
  }

  std::unique_ptr<v1::AuditService::Stub> audit_;
};

TEST_F(AuditTest, ConfidentialFactRead_IsInTheTrail) {
  ASSERT_OK_AND_ASSIGN(const v1::Fact fact, GetFact("secret", kAdmin));
  EXPECT_EQ(fact.note(), "told in confidence");
  const std::vector<v1::Access> trail = Accesses();
  ASSERT_THAT(trail, SizeIs(1));
  EXPECT_EQ(trail[0].number(), 1);
  EXPECT_EQ(trail[0].actor(), "admin");
  EXPECT_THAT(trail[0].request_id(), SizeIs(32)) << "the trace id of the call";
  EXPECT_TRUE(trail[0].has_time());
  EXPECT_EQ(trail[0].method(), "vigil.registry.v1.FactService/GetFact");
  EXPECT_EQ(trail[0].parent(), "cases/c-test");
  EXPECT_THAT(trail[0].facts(), ElementsAre("cases/c-test/facts/secret"));
  EXPECT_EQ(trail[0].prev_hash(), "");
}

TEST_F(AuditTest, TheTrail_IsReadInAnyOrder) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(GetFact("secret", kAdmin), IsOk());
  v1::ListAccessesRequest request;
  request.set_order_by("number desc");
  request.set_filter("number != 2");
  request.set_page_size(1);
  std::vector<int64_t> numbers;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Call(*audit_, &v1::AuditService::Stub::ListAccesses, request));
    for (const v1::Access& access : page.accesses()) numbers.push_back(access.number());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(numbers, ElementsAre(3, 1));
  request.set_order_by("facts");
  EXPECT_EQ(rpc::ReasonOf(Call(*audit_, &v1::AuditService::Stub::ListAccesses, request).status()),
            "ORDER_INVALID");
}

TEST_F(AuditTest, ReadsThatShowNothingConfidential_LeaveNoEntry) {
  ASSERT_THAT(GetFact("open", kAdmin), IsOk());
  for (const char* token : {kStaff, kReader}) {
    ASSERT_OK_AND_ASSIGN(const v1::Fact fact, GetFact("secret", token));
    EXPECT_EQ(fact.note(), "");
    v1::ListFactsRequest facts;
    facts.set_parent("cases/c-test");
    EXPECT_THAT(Call(*facts_, &v1::FactService::Stub::ListFacts, facts, token), IsOk());
    v1::ListDeadlinesRequest deadlines;
    EXPECT_THAT(Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, deadlines, token),
                IsOk());
  }
  EXPECT_THAT(Accesses(), IsEmpty());
}

TEST_F(AuditTest, EveryWayToAConfidentialFact_IsInTheTrail) {
  v1::ListFactsRequest facts;
  facts.set_parent("cases/c-test");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::ListFacts, facts), IsOk());
  v1::ListDeadlinesRequest deadlines;
  deadlines.set_parent("cases/c-test");
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, deadlines));
  const auto rests = std::find_if(
      listed.deadlines().begin(), listed.deadlines().end(), [](const v1::Deadline& deadline) {
        return std::find(deadline.facts().begin(), deadline.facts().end(),
                         "cases/c-test/facts/secret") != deadline.facts().end();
      });
  ASSERT_NE(rests, listed.deadlines().end());
  v1::GetDeadlineRequest deadline;
  deadline.set_name(rests->name());
  ASSERT_THAT(Call(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, deadline), IsOk());
  auto findings = v1::FindingService::NewStub(channel_);
  ASSERT_OK_AND_ASSIGN(const auto found, Call(*findings, &v1::FindingService::Stub::ListFindings,
                                              v1::ListFindingsRequest()));
  ASSERT_GT(found.findings_size(), 0) << "else there is nothing to be kept in the trail";
  v1::RetractFactRequest retraction;
  retraction.set_name("cases/c-test/facts/secret");
  retraction.set_reason("typo");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  std::vector<std::string> methods;
  for (const v1::Access& access : Accesses()) {
    EXPECT_THAT(access.facts(), ElementsAre("cases/c-test/facts/secret"));
    methods.push_back(access.method().substr(access.method().rfind('/') + 1));
  }
  EXPECT_THAT(methods, ElementsAre("ListFacts", "ListDeadlines", "GetDeadline", "ListFindings",
                                   "RetractFact"));
}

// A new method is put here as one that may show facts, or what rests on them, or as one that shows
// none; of the former, tests say that confidential ones are noted or left out.
TEST(AuditMethods, EveryOne_IsKnownToShowFactsOrNot) {
  const std::map<std::string, bool> shows_facts = {
      {"AuditService/EraseCase", false},
      {"AuditService/GetAuditHead", false},
      {"AuditService/ListAccesses", false},
      {"AuditService/VerifyAudit", false},
      {"CaseService/BatchCreateCases", true},
      {"CaseService/BatchCreateDossiers", false},
      {"CaseService/BatchGetCases", true},
      {"CaseService/BatchGetDossiers", false},
      {"CaseService/CreateCase", true},
      {"CaseService/CreateDossier", false},
      {"CaseService/DeleteCase", true},
      {"CaseService/DeleteDossier", false},
      {"CaseService/GetCase", true},
      {"CaseService/GetDossier", false},
      {"CaseService/ListCases", true},
      {"CaseService/ListDossiers", false},
      {"CaseService/ListDuplicates", false},
      {"CaseService/SearchCases", true},
      {"CaseService/UndeleteCase", true},
      {"CaseService/UndeleteDossier", false},
      {"CaseService/UpdateCase", true},
      {"CaseService/UpdateDossier", false},
      {"DeadlineService/GetDeadline", true},
      {"DeadlineService/ListDeadlines", true},
      {"ExchangeService/ExportFiles", true},
      {"ExchangeService/ImportFiles", true},
      {"FactService/BatchCreateFacts", true},
      {"FactService/BatchGetFacts", true},
      {"FactService/CreateFact", true},
      {"FactService/GetFact", true},
      {"FactService/ListFacts", true},
      {"FactService/RetractFact", true},
      {"FindingService/GetFinding", true},
      {"FindingService/ListFindings", true},
      {"JournalService/DeleteRecord", false},
      {"JournalService/GetRecord", false},
      {"JournalService/ListReceipts", false},
      {"JournalService/ListRecords", false},
      {"JournalService/PutRecord", false},
      {"JournalService/RecordReceipts", false},
      {"JournalService/StreamShard", true},
      {"JournalService/WatchChanges", true},
      {"SummaryService/GetSummary", false},
      {"VocabularyService/ListEntries", false},
      {"VocabularyService/ListVocabularies", false},
      {"WhatIfService/WhatIf", true},
  };
  std::set<std::string> there;
  for (const auto* file :
       {v1::CaseDocument::descriptor()->file(), v1::Access::descriptor()->file(),
        v1::ExportFilesRequest::descriptor()->file(), v1::WhatIfRequest::descriptor()->file(),
        v1::ListVocabulariesRequest::descriptor()->file(), v1::Change::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        there.insert(service.name() + "/" + service.method(j)->name());
        EXPECT_TRUE(shows_facts.contains(service.name() + "/" + service.method(j)->name()))
            << service.method(j)->full_name() << ": does it show facts?";
      }
    }
  }
  EXPECT_EQ(there.size(), shows_facts.size()) << "a method that is gone is named still";
}

TEST_F(AuditTest, Trail_IsChainedOverARestart) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(GetFact("secret", kAdmin), IsOk());
  Start();
  audit_ = v1::AuditService::NewStub(channel_);
  for (int i = 0; i < 2; ++i) ASSERT_THAT(GetFact("secret", kAdmin), IsOk());
  std::string hash;
  int64_t number = 0;
  for (const v1::Access& access : Accesses()) {
    EXPECT_EQ(access.number(), ++number);
    EXPECT_EQ(access.prev_hash(), hash);
    hash = MakeEntry(access).hash;
  }
  EXPECT_EQ(number, 5);
  ASSERT_OK_AND_ASSIGN(
      const v1::AuditHead head,
      Call(*audit_, &v1::AuditService::Stub::GetAuditHead, v1::GetAuditHeadRequest()));
  EXPECT_EQ(head.accesses().number(), 5);
  EXPECT_EQ(head.accesses().hash(), Hex(hash));
}

TEST_F(AuditTest, TrailThatCannotBeWritten_KeepsTheFactBack) {
  App::Parts parts;
  ASSERT_OK_AND_ASSIGN(parts.store,
                       SqliteStore::Open({.path = dir_.File("small.db"), .max_pages = 60}));
  Start(std::move(parts));
  Fill();
  bool refused = false;
  for (int i = 0; i < 2000 && !refused; ++i) {
    const auto fact = GetFact("secret", kAdmin);
    refused = !fact.ok();
    EXPECT_TRUE(fact.ok() || rpc::ReasonOf(fact.status()) == "STORE_FULL") << fact.status();
  }
  EXPECT_TRUE(refused);
  EXPECT_THAT(GetFact("secret", kReader), IsOk()) << "what is not confidential is read on";
}

TEST_F(AuditTest, List_IsFiltered) {
  ASSERT_THAT(GetFact("secret", kAdmin), IsOk());
  v1::ListFactsRequest facts;
  facts.set_parent("cases/c-test");
  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::ListFacts, facts), IsOk());
  }
  EXPECT_THAT(Accesses("method:\"GetFact\""), SizeIs(1));
  EXPECT_THAT(Accesses("actor = \"nobody\""), IsEmpty());
  EXPECT_THAT(Accesses("parent = \"cases/c-test\" AND actor = \"admin\""), SizeIs(5));
  EXPECT_THAT(Accesses("facts:\"cases/c-test/facts/secret\""), SizeIs(5));
}

TEST_F(AuditTest, Verify_ComparesWithAWitness) {
  ASSERT_THAT(GetFact("secret", kAdmin), IsOk());
  v1::VerifyAuditRequest request;
  ASSERT_OK_AND_ASSIGN(
      *request.mutable_witness(),
      Call(*audit_, &v1::AuditService::Stub::GetAuditHead, v1::GetAuditHeadRequest()));
  ASSERT_OK_AND_ASSIGN(const auto intact,
                       Call(*audit_, &v1::AuditService::Stub::VerifyAudit, request));
  EXPECT_TRUE(intact.intact()) << intact.DebugString();
  EXPECT_EQ(intact.head().journal().hash(), request.witness().journal().hash());
  request.mutable_witness()->mutable_journal()->set_number(1000);
  ASSERT_OK_AND_ASSIGN(const auto cut,
                       Call(*audit_, &v1::AuditService::Stub::VerifyAudit, request));
  EXPECT_FALSE(cut.intact());
  ASSERT_GT(cut.faults_size(), 0);
  EXPECT_THAT(cut.faults(0).what(), HasSubstr("cut off"));
}

TEST_F(AuditTest, ErasedFact_IsReadAsErased) {
  v1::EraseCaseRequest request;
  request.set_name("cases/c-test");
  request.set_reason("asked for");
  ASSERT_OK_AND_ASSIGN(const auto erased,
                       Call(*audit_, &v1::AuditService::Stub::EraseCase, request));
  EXPECT_EQ(erased.erased_facts(), 1);
  for (const char* token : {kAdmin, kReader}) {
    ASSERT_OK_AND_ASSIGN(const v1::Fact fact, GetFact("secret", token));
    EXPECT_TRUE(fact.has_erase_time());
    EXPECT_EQ(fact.note(), "");
  }
  EXPECT_THAT(Accesses(), IsEmpty()) << "there is nothing left to be shown";
}

TEST_F(AuditTest, Audit_IsForAdministrators) {
  for (const char* token : {kReader, kStaff}) {
    EXPECT_THAT(
        Call(*audit_, &v1::AuditService::Stub::ListAccesses, v1::ListAccessesRequest(), token),
        StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(
        Call(*audit_, &v1::AuditService::Stub::GetAuditHead, v1::GetAuditHeadRequest(), token),
        StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(
        Call(*audit_, &v1::AuditService::Stub::VerifyAudit, v1::VerifyAuditRequest(), token),
        StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(Call(*audit_, &v1::AuditService::Stub::EraseCase, v1::EraseCaseRequest(), token),
                StatusIs(absl::StatusCode::kPermissionDenied));
  }
}

}  // namespace
}  // namespace vigil::registry
