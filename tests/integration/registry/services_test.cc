#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"
#include "tests/unit/registry/faulty_store.h"

namespace vigil::registry {
namespace {

using testing::HasSubstr;

class ServicesTest : public RegistryTest {
 protected:
  absl::StatusOr<v1::ListCasesResponse> List(const v1::ListCasesRequest& request) {
    return Call(*cases_, &v1::CaseService::Stub::ListCases, request);
  }

  absl::StatusOr<v1::Fact> CreateFact(const v1::CreateFactRequest& request) {
    return Call(*facts_, &v1::FactService::Stub::CreateFact, request);
  }

  static v1::CreateFactRequest Custody(const std::string& parent, const std::string& date) {
    v1::CreateFactRequest request;
    request.set_parent(parent);
    request.mutable_fact()->set_date(date);
    request.mutable_fact()->mutable_source()->set_title("court file");
    request.mutable_fact()->mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    return request;
  }

  // The elements of all pages of a list, as text.
  template <class Stub, class Request, class Response, class Element>
  std::vector<std::string> AllPages(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const google::protobuf::RepeatedPtrField<Element>& (Response::*elements)() const,
      Request request, const char* token) {
    std::vector<std::string> all;
    request.set_page_size(2);
    do {
      const auto page = Call(stub, method, request, token);
      if (!page.ok()) ADD_FAILURE() << page.status();
      if (!page.ok()) break;
      for (const Element& element : ((*page).*elements)()) all.push_back(element.DebugString());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  // Today's list, which is read from the index, against that of the day, which is a scan.
  template <class Stub, class Request, class Response, class Element>
  void ExpectIndexedIsScanned(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const google::protobuf::RepeatedPtrField<Element>& (Response::*elements)() const,
      const std::string& filter) {
    Request today, scan;
    today.set_filter(filter);
    scan.set_filter(filter);
    scan.set_as_of("2018-04-28");
    for (const char* token : {kAdmin, kReader}) {
      const auto indexed = AllPages(stub, method, elements, today, token);
      EXPECT_EQ(indexed, AllPages(stub, method, elements, scan, token)) << filter << " " << token;
      EXPECT_FALSE(indexed.empty()) << filter;
    }
  }

  static void ExpectReason(const absl::Status& status, absl::StatusCode code,
                           const std::string& reason) {
    EXPECT_THAT(status, StatusIs(code));
    EXPECT_EQ(rpc::ReasonOf(status), reason);
  }
};

TEST_F(ServicesTest, EveryCall_NeedsATokenWithTheRightRole) {
  EXPECT_THAT(CreateCase("c-test", "Somebody", nullptr),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(CreateCase("c-test", "Somebody", kReader),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(
      Call(*exchange_, &v1::ExchangeService::Stub::ImportFiles, v1::ImportFilesRequest(), kStaff),
      StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(
      Call(*journal_, &v1::JournalService::Stub::ListRecords, v1::ListRecordsRequest(), kStaff),
      StatusIs(absl::StatusCode::kPermissionDenied));
  v1::GetCaseRequest request;
  request.set_name("cases/c-nobody");
  EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::GetCase, request, nullptr),
              StatusIs(absl::StatusCode::kUnauthenticated))
      << "permission is checked before existence";
}

TEST_F(ServicesTest, Case_IsCreatedReadUpdatedDeletedAndBroughtBack) {
  ASSERT_OK_AND_ASSIGN(const v1::Case created, CreateCase("c-test", "Somebody"));
  v1::GetCaseRequest get;
  get.set_name("cases/c-test");
  ASSERT_OK_AND_ASSIGN(const v1::Case read,
                       Call(*cases_, &v1::CaseService::Stub::GetCase, get, kReader));
  EXPECT_EQ(read.SerializeAsString(), created.SerializeAsString());

  v1::UpdateCaseRequest update;
  update.mutable_case_()->set_name("cases/c-test");
  update.mutable_case_()->set_place("Atyrau");
  ASSERT_OK_AND_ASSIGN(const v1::Case updated,
                       Call(*cases_, &v1::CaseService::Stub::UpdateCase, update, kStaff));
  EXPECT_EQ(updated.place(), "Atyrau");

  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-test");
  deletion.set_etag(created.etag());
  ExpectReason(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion).status(),
               absl::StatusCode::kAborted, "ETAG_MISMATCH");
  deletion.clear_etag();
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  v1::ListCasesRequest list;
  EXPECT_EQ(List(list)->total_size(), 0);
  list.set_show_deleted(true);
  EXPECT_EQ(List(list)->total_size(), 1);

  v1::UndeleteCaseRequest undeletion;
  undeletion.set_name("cases/c-test");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UndeleteCase, undeletion), IsOk());
  list.clear_show_deleted();
  EXPECT_EQ(List(list)->total_size(), 1);
}

TEST_F(ServicesTest, BadArguments_CarryReasonAndField) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::GetCaseRequest get;
  get.set_name("cases/c-nobody");
  ExpectReason(Call(*cases_, &v1::CaseService::Stub::GetCase, get).status(),
               absl::StatusCode::kNotFound, "CASE_NOT_FOUND");
  get.set_name("cases/c-test");
  get.set_as_of("2018-02-30");
  ExpectReason(Call(*cases_, &v1::CaseService::Stub::GetCase, get).status(),
               absl::StatusCode::kInvalidArgument, "BAD_DATE");
  v1::ListCasesRequest list;
  list.set_page_size(-1);
  EXPECT_THAT(List(list), StatusIs(absl::StatusCode::kInvalidArgument));
  list.set_page_size(0);
  list.set_filter("situation = = X");
  EXPECT_THAT(List(list), StatusIs(absl::StatusCode::kInvalidArgument));
  list.clear_filter();
  list.set_page_token("nonsense");
  EXPECT_THAT(List(list), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ServicesTest, Pages_ShowEveryCaseOnceInOrderAlsoWhileCasesAreAdded) {
  for (int i = 0; i < 25; ++i) {
    ASSERT_THAT(CreateCase("", "Person " + std::to_string(100 + i)), IsOk());
  }
  v1::ListCasesRequest request;
  request.set_page_size(10);
  std::vector<std::string> names;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, List(request));
    for (const v1::Case& found : page.cases()) names.push_back(found.display_name());
    request.set_page_token(page.next_page_token());
    ASSERT_THAT(CreateCase("", "Person 000"), IsOk());  // before all pages that are to come
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 25u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 25u);
}

TEST_F(ServicesTest, PageToken_IsBoundToTheOtherArguments) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(CreateCase("", "Person " + std::to_string(i)), IsOk());
  }
  v1::ListCasesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page, List(request));
  request.set_page_token(page.next_page_token());
  request.set_filter("country = \"KZ\"");
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ServicesTest, SameRequestId_MakesOneFact) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::CreateFactRequest request = Custody("cases/c-test", "2018-04-20");
  request.set_request_id("8f14e45f-ceea-467f-9a1b-0242ac120002");
  ASSERT_OK_AND_ASSIGN(const v1::Fact first, CreateFact(request));
  ASSERT_OK_AND_ASSIGN(const v1::Fact second, CreateFact(request));
  EXPECT_EQ(first.name(), second.name());
}

TEST_F(ServicesTest, TodaysLists_AreThoseOfAScan) {
  for (int i = 0; i < 7; ++i) {
    const std::string id = "c-case" + std::to_string(i);
    ASSERT_THAT(CreateCase(id, i % 2 == 0 ? "Somebody" : "Another"), IsOk());
    v1::CreateFactRequest request = Custody("cases/" + id, i % 3 == 0 ? "2018-04" : "2018-03-20");
    request.mutable_fact()->set_confidential(i == 5);
    ASSERT_THAT(CreateFact(request), IsOk());
  }
  for (const std::string filter : {"", "situation = SITUATION_IN_DETENTION"}) {
    ExpectIndexedIsScanned(*cases_, &v1::CaseService::Stub::ListCases,
                           &v1::ListCasesResponse::cases, filter);
  }
  for (const std::string filter : {"", "kind = DEADLINE_KIND_CUSTODY_LIMIT"}) {
    ExpectIndexedIsScanned(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines,
                           &v1::ListDeadlinesResponse::deadlines, filter);
  }
  const auto findings = v1::FindingService::NewStub(channel_);
  for (const std::string filter : {"", "max_shift_days >= 0"}) {
    ExpectIndexedIsScanned(*findings, &v1::FindingService::Stub::ListFindings,
                           &v1::ListFindingsResponse::findings, filter);
  }
}

TEST_F(ServicesTest, Deadlines_AreListedFoundAndFiltered) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_OK_AND_ASSIGN(const v1::Fact fact, CreateFact(Custody("cases/c-test", "2018-04-20")));
  v1::ListDeadlinesRequest list;
  list.set_filter("kind = DEADLINE_KIND_CUSTODY_LIMIT");
  ASSERT_OK_AND_ASSIGN(const auto found,
                       Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, list));
  ASSERT_GT(found.deadlines_size(), 0);
  EXPECT_EQ(found.deadlines(0).earliest(), "2018-06-20");
  EXPECT_EQ(found.deadlines(0).case_display_name(), "Somebody");
  v1::GetDeadlineRequest get;
  get.set_name(found.deadlines(0).name());
  ASSERT_OK_AND_ASSIGN(const v1::Deadline one,
                       Call(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, get));
  EXPECT_EQ(one.SerializeAsString(), found.deadlines(0).SerializeAsString());

  get.set_as_of("2018-07-01");
  ASSERT_OK_AND_ASSIGN(const v1::Deadline later,
                       Call(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, get));
  EXPECT_EQ(later.state(), v1::DEADLINE_STATE_PASSED);

  v1::RetractFactRequest retraction;
  retraction.set_name(fact.name());
  retraction.set_reason("typo");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  list.set_parent("cases/c-test");
  EXPECT_EQ(Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, list)->total_size(), 0);
}

TEST_F(ServicesTest, DeadlinesOfADay_AreEachThatOfTheirCase) {
  for (const std::string id : {"c-one", "c-two"}) {
    ASSERT_THAT(CreateCase(id, id), IsOk());
    ASSERT_THAT(CreateFact(Custody("cases/" + id, "2018-04-20")), IsOk());
  }
  v1::ListDeadlinesRequest list;
  list.set_as_of("2018-07-01");
  for (const std::string parent : {"", "cases/c-two"}) {
    list.set_parent(parent);
    ASSERT_OK_AND_ASSIGN(const auto found,
                         Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, list));
    EXPECT_GT(found.deadlines_size(), 1);
    for (const v1::Deadline& deadline : found.deadlines()) {
      v1::GetDeadlineRequest get;
      get.set_name(deadline.name());
      get.set_as_of(list.as_of());
      ASSERT_OK_AND_ASSIGN(const v1::Deadline one,
                           Call(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, get));
      EXPECT_EQ(one.SerializeAsString(), deadline.SerializeAsString());
    }
  }
}

TEST_F(ServicesTest, ConfidentialFact_IsShownToAdministratorsOnly) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::CreateFactRequest request = Custody("cases/c-test", "2018-04-20");
  request.mutable_fact()->set_confidential(true);
  request.mutable_fact()->set_note("told by a guard");
  ASSERT_OK_AND_ASSIGN(const v1::Fact fact, CreateFact(request));
  v1::ListFactsRequest list;
  list.set_parent("cases/c-test");
  const auto seen = [&](const char* token) {
    return Call(*facts_, &v1::FactService::Stub::ListFacts, list, token)->facts(0);
  };
  EXPECT_EQ(seen(kAdmin).note(), "told by a guard");
  EXPECT_EQ(seen(kStaff).note(), "");
  EXPECT_EQ(seen(kStaff).name(), fact.name()) << "that it is there is shown";
  v1::ListDeadlinesRequest deadlines;
  const auto explanation = [&](const char* token) {
    return Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, deadlines, token)
        ->deadlines(0)
        .explanation(0);
  };
  EXPECT_THAT(explanation(kStaff), HasSubstr("confidential"));
  EXPECT_NE(explanation(kStaff), explanation(kAdmin));

  deadlines.set_filter("explanation:\"" + explanation(kAdmin) + "\"");
  const auto found = [&](const char* token) {
    return Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, deadlines, token)
        ->total_size();
  };
  EXPECT_GT(found(kAdmin), 0);
  EXPECT_EQ(found(kStaff), 0) << "nor does a filter tell";
}

TEST_F(ServicesTest, Summary_CountsEveryCase) {
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  ASSERT_THAT(CreateFact(Custody("cases/c-test", "2018-04-20")), IsOk());
  ASSERT_THAT(CreateCase("c-other", "Somebody else"), IsOk());
  ASSERT_OK_AND_ASSIGN(
      const v1::Summary summary,
      Call(*summaries_, &v1::SummaryService::Stub::GetSummary, v1::GetSummaryRequest()));
  EXPECT_EQ(summary.case_count(), 2);
  EXPECT_EQ(summary.headline_count(), 1);
  EXPECT_EQ(summary.as_of(), "2018-04-28");
  EXPECT_EQ(summary.situation_counts_size(), 10);
}

TEST_F(ServicesTest, SummaryBetweenMidnightAndTheTurn_SaysTheDayThatItCounts) {
  app_->Stop();
  app_.reset();
  ASSERT_OK_AND_ASSIGN(auto real, SqliteStore::Open({.path = dir_.File("held.db")}));
  auto store = std::make_unique<FaultyStore>(std::move(real));
  auto clock = std::make_unique<ManualClock>();
  FaultyStore& held = *store;
  ManualClock& calendar = *clock;
  App::Parts parts;
  parts.store = std::move(store);
  parts.clock = std::move(clock);
  Start(std::move(parts));
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  // Another occurrence comes into view at each midnight.
  v1::CreateFactRequest duty;
  duty.set_parent("cases/c-test");
  duty.mutable_fact()->set_date("2018-04-01");
  duty.mutable_fact()->mutable_source()->set_title("court file");
  duty.mutable_fact()->mutable_reporting_duty()->set_every("P1D");
  ASSERT_THAT(CreateFact(duty), IsOk());
  const auto day = [&] {
    return Call(*summaries_, &v1::SummaryService::Stub::GetSummary, v1::GetSummaryRequest())
        ->as_of();
  };
  held.Hold(true);
  calendar.Advance(absl::Hours(24));
  held.AwaitHeldCommit();
  EXPECT_EQ(day(), "2018-04-28");
  held.Hold(false);
  while (day() == "2018-04-28") std::this_thread::yield();
  EXPECT_EQ(day(), "2018-04-29");
}

TEST_F(ServicesTest, FullDisk_IsRefusedWithAReasonAndServedOn) {
  app_->Stop();
  app_.reset();
  ASSERT_OK_AND_ASSIGN(auto store,
                       SqliteStore::Open({.path = dir_.File("small.db"), .max_pages = 60}));
  App::Parts parts;
  parts.store = std::move(store);
  Start(std::move(parts));
  ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
  v1::PutRecordRequest request;
  request.mutable_record()->set_name("records/big/one");
  request.mutable_record()->mutable_body()->set_value(std::string(500'000, 'x'));
  ExpectReason(Call(*journal_, &v1::JournalService::Stub::PutRecord, request).status(),
               absl::StatusCode::kResourceExhausted, "STORE_FULL");
  v1::GetCaseRequest get;
  get.set_name("cases/c-test");
  EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::GetCase, get), IsOk());
  EXPECT_THAT(CreateCase("c-small", "Somebody else"), IsOk());
}

}  // namespace
}  // namespace vigil::registry
