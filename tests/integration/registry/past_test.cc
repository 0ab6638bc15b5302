// Reads as of what the record knew, over the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "common/rpc/errors.h"
#include "registry-svc/casebook/search_query.h"
#include "tests/integration/registry/registry_fixture.h"
#include "vigil/registry/v1/audit.grpc.pb.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kCase = "cases/c-test";

class KnownAtTest : public RegistryTest {
 protected:
  void SetUp() override {
    App::Parts parts;
    auto clock = std::make_unique<ManualClock>();
    clock_ = clock.get();
    parts.clock = std::move(clock);
    Start(std::move(parts));
    ASSERT_THAT(CreateCase("c-test", "Somebody"), IsOk());
    ASSERT_THAT(CreateFact("f1"), IsOk());
  }

  absl::StatusOr<v1::Fact> CreateFact(const std::string& id, bool confidential = false) {
    v1::CreateFactRequest request;
    request.set_parent(kCase);
    request.set_fact_id(id);
    v1::Fact& fact = *request.mutable_fact();
    fact.set_date("2018-04-20");
    fact.mutable_source()->set_title("court file");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    fact.set_confidential(confidential);
    if (confidential) fact.set_note("told by a guard");
    return Call(*facts_, &v1::FactService::Stub::CreateFact, request);
  }

  absl::Status CreateDossier() {
    v1::CreateDossierRequest request;
    request.set_dossier_id("d-test");
    request.mutable_dossier()->set_display_name("A dossier");
    return Call(*cases_, &v1::CaseService::Stub::CreateDossier, request).status();
  }

  void RenameCase() {
    v1::UpdateCaseRequest update;
    update.mutable_case_()->set_name(kCase);
    update.mutable_case_()->set_display_name("Another name");
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UpdateCase, update), IsOk());
  }

  void RetractFact() {
    v1::RetractFactRequest retraction;
    retraction.set_name(kCase + "/facts/f1");
    retraction.set_reason("another person");
    ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  }

  // Changes all that there is.
  void ChangeEverything() {
    RenameCase();
    v1::UpdateDossierRequest dossier;
    dossier.mutable_dossier()->set_name("dossiers/d-test");
    dossier.mutable_dossier()->set_display_name("Another dossier");
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UpdateDossier, dossier), IsOk());
    RetractFact();
    ASSERT_THAT(CreateCase("c-later", "Somebody later"), IsOk());
  }

  std::string Revision() const { return std::to_string(app_->book().Present()->revision()); }
  std::string Now() const {
    return absl::FormatTime(absl::RFC3339_full, clock_->Now(), absl::UTCTimeZone());
  }

  absl::StatusOr<v1::Case> GetCase(const std::string& known_at, const std::string& as_of = "") {
    v1::GetCaseRequest request;
    request.set_name(kCase);
    request.set_known_at(known_at);
    request.set_as_of(as_of);
    return Call(*cases_, &v1::CaseService::Stub::GetCase, request);
  }

  absl::StatusOr<v1::ListFactsResponse> ListFacts(const v1::ListFactsRequest& request,
                                                  const char* token = kAdmin) {
    return Call(*facts_, &v1::FactService::Stub::ListFacts, request, token);
  }

  // The custody limit of the case.
  absl::StatusOr<v1::Deadline> GetLimit(const std::string& known_at,
                                        const std::string& as_of = "") {
    v1::GetDeadlineRequest request;
    request.set_name(limit_);
    request.set_known_at(known_at);
    request.set_as_of(as_of);
    return Call(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, request);
  }
  void FindLimit() {
    v1::ListDeadlinesRequest request;
    request.set_filter("kind = DEADLINE_KIND_CUSTODY_LIMIT");
    const auto found = Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, request);
    ASSERT_THAT(found, IsOk());
    ASSERT_GT(found->deadlines_size(), 0);
    limit_ = found->deadlines(0).name();
  }

  // A read that can be made as of any `known_at`; the answer as bytes.
  using Read = std::function<std::string(const std::string& known_at)>;
  template <class Stub, class Request, class Response>
  Read Reading(Stub& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               Request request) {
    return [this, &stub, method, request](const std::string& known_at) mutable {
      request.set_known_at(known_at);
      const absl::StatusOr<Response> response = Call(stub, method, request);
      EXPECT_THAT(response, IsOk()) << Request::descriptor()->name();
      return response.ok() ? response->SerializeAsString() : std::string("refused");
    };
  }

  ManualClock* clock_ = nullptr;
  std::string limit_;
};

TEST_F(KnownAtTest, EveryRead_AnswersAsItDidWhenTheRevisionWasTheLast) {
  ASSERT_THAT(CreateDossier(), IsOk());
  FindLimit();
  v1::GetCaseRequest get_case;
  get_case.set_name(kCase);
  v1::BatchGetCasesRequest several_cases;
  several_cases.add_names(kCase);
  v1::GetDossierRequest get_dossier;
  get_dossier.set_name("dossiers/d-test");
  v1::GetFactRequest get_fact;
  get_fact.set_name(kCase + "/facts/f1");
  v1::ListFactsRequest list_facts;
  list_facts.set_parent(kCase);
  v1::BatchGetFactsRequest several_facts;
  several_facts.set_parent(kCase);
  several_facts.add_names(kCase + "/facts/f1");
  v1::GetDeadlineRequest get_deadline;
  get_deadline.set_name(limit_);
  v1::ListDeadlinesRequest list_deadlines;
  list_deadlines.set_parent(kCase);
  v1::SearchCasesRequest search;
  search.set_query("somebody");
  const auto findings = v1::FindingService::NewStub(channel_);
  std::map<std::string, Read> reads = {
      {"GetCase", Reading(*cases_, &v1::CaseService::Stub::GetCase, get_case)},
      {"BatchGetCases", Reading(*cases_, &v1::CaseService::Stub::BatchGetCases, several_cases)},
      {"GetDossier", Reading(*cases_, &v1::CaseService::Stub::GetDossier, get_dossier)},
      {"GetFact", Reading(*facts_, &v1::FactService::Stub::GetFact, get_fact)},
      {"ListFacts", Reading(*facts_, &v1::FactService::Stub::ListFacts, list_facts)},
      {"BatchGetFacts", Reading(*facts_, &v1::FactService::Stub::BatchGetFacts, several_facts)},
      {"GetDeadline", Reading(*deadlines_, &v1::DeadlineService::Stub::GetDeadline, get_deadline)},
      {"ListCases", Reading(*cases_, &v1::CaseService::Stub::ListCases, v1::ListCasesRequest())},
      {"ListDossiers",
       Reading(*cases_, &v1::CaseService::Stub::ListDossiers, v1::ListDossiersRequest())},
      {"ListDeadlines",
       Reading(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, v1::ListDeadlinesRequest())},
      {"ListDeadlines of one",
       Reading(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, list_deadlines)},
      {"ListFindings",
       Reading(*findings, &v1::FindingService::Stub::ListFindings, v1::ListFindingsRequest())},
      {"GetSummary",
       Reading(*summaries_, &v1::SummaryService::Stub::GetSummary, v1::GetSummaryRequest())},
      {"SearchCases", Reading(*cases_, &v1::CaseService::Stub::SearchCases, search)},
  };
  const std::string then = Revision();
  std::map<std::string, std::string> answers;
  for (auto& [name, read] : reads) answers[name] = read("");
  ChangeEverything();
  for (auto& [name, read] : reads) {
    EXPECT_EQ(read(then), answers[name]) << name;
    if (name == "GetDeadline" || name == "ListFindings") continue;
    EXPECT_NE(read(""), answers[name]) << name << " proves nothing";
  }
}

TEST_F(KnownAtTest, CaseThatWasNotThereYet_IsNotFound) {
  const auto refused = GetCase("1");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(rpc::ReasonOf(refused.status()), "CASE_NOT_FOUND");
  EXPECT_EQ(rpc::ReasonOf(GetCase("1917-11-07T00:00:00Z").status()), "CASE_NOT_FOUND");
}

TEST_F(KnownAtTest, MomentThatIsNone_IsRefused) {
  EXPECT_EQ(rpc::ReasonOf(GetCase("yesterday").status()), "BAD_KNOWN_AT");
  EXPECT_EQ(rpc::ReasonOf(GetCase("1000000").status()), "KNOWN_AT_AHEAD");
}

TEST_F(KnownAtTest, DayWithoutAsOf_IsThatOfTheMoment) {
  FindLimit();
  const std::string then = Revision();
  const std::string time = Now();
  clock_->Advance(absl::Hours(24 * 90));
  RenameCase();
  EXPECT_EQ(GetLimit("")->state(), v1::DEADLINE_STATE_PASSED);
  EXPECT_EQ(GetLimit(then)->state(), v1::DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(GetLimit(time)->state(), v1::DEADLINE_STATE_UPCOMING);
  EXPECT_EQ(GetLimit(then, "2018-07-20")->state(), v1::DEADLINE_STATE_PASSED)
      << "what was expected then of a later day";
}

TEST_F(KnownAtTest, FactsAsOfADay_AreThoseThatHadHappened) {
  v1::CreateFactRequest later;
  later.set_parent(kCase);
  later.set_fact_id("later");
  later.mutable_fact()->set_date("2018-04-27");
  later.mutable_fact()->mutable_source()->set_title("court file");
  later.mutable_fact()->mutable_search()->set_what("papers");
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::CreateFact, later), IsOk());
  const std::string name = kCase + "/facts/later";
  for (const auto& [day, there] : {std::pair("2018-04-26", false), std::pair("2018-04-27", true)}) {
    v1::ListFactsRequest list;
    list.set_parent(kCase);
    list.set_as_of(day);
    ASSERT_OK_AND_ASSIGN(const auto listed, ListFacts(list));
    EXPECT_EQ(std::any_of(listed.facts().begin(), listed.facts().end(),
                          [&](const v1::Fact& fact) { return fact.name() == name; }),
              there)
        << day;
    v1::GetFactRequest get;
    get.set_name(name);
    get.set_as_of(day);
    EXPECT_EQ(Call(*facts_, &v1::FactService::Stub::GetFact, get).ok(), there) << day;
    v1::BatchGetFactsRequest batch;
    batch.set_parent(kCase);
    batch.add_names(name);
    batch.set_as_of(day);
    EXPECT_EQ(Call(*facts_, &v1::FactService::Stub::BatchGetFacts, batch).ok(), there) << day;
  }
}

TEST_F(KnownAtTest, PagesOfATime_AreAllOfTheRevisionOfTheFirst) {
  ASSERT_THAT(CreateFact("f2"), IsOk());
  v1::ListFactsRequest request;
  request.set_parent(kCase);
  request.set_page_size(1);
  request.set_known_at(Now());
  ASSERT_OK_AND_ASSIGN(const auto first, ListFacts(request));
  ASSERT_THAT(CreateFact("f3"), IsOk());  // at the same time, by the clock
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, ListFacts(request));
  EXPECT_EQ(second.total_size(), 2);
  ASSERT_EQ(second.facts_size(), 1);
  EXPECT_EQ(second.facts(0).name(), kCase + "/facts/f2");
  EXPECT_EQ(second.next_page_token(), "");
  request.clear_page_token();
  EXPECT_EQ(ListFacts(request)->total_size(), 3) << "a first page looks again";
}

TEST_F(KnownAtTest, PagesOverAllCases_ShowEachOnceInTheOrderOfTheTime) {
  for (int i = 0; i < 7; ++i) {
    ASSERT_THAT(CreateCase("", "Person " + std::to_string(9 - i)), IsOk());
  }
  v1::ListCasesRequest request;
  request.set_page_size(3);
  request.set_known_at(Revision());
  RenameCase();
  std::vector<std::string> names;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Call(*cases_, &v1::CaseService::Stub::ListCases, request));
    EXPECT_EQ(page.total_size(), 8);
    for (const v1::Case& found : page.cases()) names.push_back(found.display_name());
    request.set_page_token(page.next_page_token());
    ASSERT_THAT(CreateCase("", "Person 0"), IsOk());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("Person 3", "Person 4", "Person 5", "Person 6", "Person 7",
                                 "Person 8", "Person 9", "Somebody"));
}

TEST_F(KnownAtTest, PagesOfASearch_ShowEachOnceAsItWas) {
  for (int i = 0; i < 5; ++i) ASSERT_THAT(CreateCase("", "Person " + std::to_string(i)), IsOk());
  v1::SearchCasesRequest request;
  request.set_query("person");
  request.add_situations(v1::SITUATION_NOT_STATED);
  request.set_page_size(2);
  request.set_known_at(Now());
  std::vector<std::string> names;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Call(*cases_, &v1::CaseService::Stub::SearchCases, request));
    EXPECT_EQ(page.total_size(), 5);
    for (const auto& result : page.results()) names.push_back(result.case_().display_name());
    request.set_page_token(page.next_page_token());
    // At the same time, by the clock.
    ASSERT_THAT(CreateCase("", "Person 0"), IsOk());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("Person 0", "Person 1", "Person 2", "Person 3", "Person 4"));
}

TEST_F(KnownAtTest, SearchOfThePastThatFindsTooMany_EndsAndSaysSo) {
  for (size_t made = 0; made <= kMaxFound; made += 1000) {
    v1::BatchCreateCasesRequest batch;
    for (int i = 0; i < 1000; ++i) {
      batch.add_requests()->mutable_case_()->set_display_name("Person");
    }
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::BatchCreateCases, batch), IsOk());
  }
  v1::SearchCasesRequest request;
  request.set_query("person");
  request.set_known_at(Revision());
  ASSERT_OK_AND_ASSIGN(const auto found,
                       Call(*cases_, &v1::CaseService::Stub::SearchCases, request));
  EXPECT_EQ(found.total_size(), static_cast<int>(kMaxFound));
  EXPECT_TRUE(found.cut_off());
}

TEST_F(KnownAtTest, SearchOfThePast_FindsNothingConfidential) {
  ASSERT_THAT(CreateFact("secret", true), IsOk());
  v1::SearchCasesRequest request;
  request.set_known_at(Revision());
  RenameCase();
  const auto count = [&](const std::string& query) {
    request.set_query(query);
    return Call(*cases_, &v1::CaseService::Stub::SearchCases, request)->total_size();
  };
  EXPECT_EQ(count("guard"), 0);
  EXPECT_EQ(count("somebody"), 1) << "by the name that it had";
  EXPECT_EQ(count("another"), 0);
}

TEST_F(KnownAtTest, ListOverAll_LeavesOutWhatWasDeletedThenAndNotLater) {
  ASSERT_THAT(CreateCase("c-later", "Somebody later"), IsOk());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-later");
  const std::string live = Revision();
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  const std::string deleted = Revision();
  RenameCase();
  v1::ListCasesRequest request;
  const auto count = [&](const std::string& known_at) {
    request.set_known_at(known_at);
    return Call(*cases_, &v1::CaseService::Stub::ListCases, request)->total_size();
  };
  EXPECT_EQ(count(live), 2);
  EXPECT_EQ(count(deleted), 1);
  request.set_show_deleted(true);
  EXPECT_EQ(count(deleted), 2);
  v1::GetSummaryRequest summary;
  summary.set_known_at(live);
  EXPECT_EQ(Call(*summaries_, &v1::SummaryService::Stub::GetSummary, summary)->case_count(), 2);
}

TEST_F(KnownAtTest, RecordBeforeTheFirstRevision_IsEmpty) {
  v1::GetSummaryRequest summary;
  summary.set_known_at("1917-11-07T00:00:00Z");
  ASSERT_OK_AND_ASSIGN(const v1::Summary counts,
                       Call(*summaries_, &v1::SummaryService::Stub::GetSummary, summary));
  EXPECT_EQ(counts.case_count(), 0);
  EXPECT_EQ(counts.revision(), 0);
  EXPECT_EQ(counts.as_of(), "1917-11-07");
}

TEST_F(KnownAtTest, DeadlinesOfThePast_AreVeiledAndTheirReadsAreInTheTrail) {
  RetractFact();
  ASSERT_THAT(CreateFact("secret", true), IsOk());
  v1::ListDeadlinesRequest request;
  request.set_known_at(Revision());
  RenameCase();
  const auto list = [&](const char* token) {
    return *Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, request, token);
  };
  const auto admins = list(kAdmin);
  const auto rests = std::find_if(
      admins.deadlines().begin(), admins.deadlines().end(), [](const v1::Deadline& deadline) {
        return std::find(deadline.facts().begin(), deadline.facts().end(),
                         kCase + "/facts/secret") != deadline.facts().end();
      });
  ASSERT_NE(rests, admins.deadlines().end());
  const auto audit = v1::AuditService::NewStub(channel_);
  ASSERT_OK_AND_ASSIGN(const auto trail, Call(*audit, &v1::AuditService::Stub::ListAccesses,
                                              v1::ListAccessesRequest()));
  ASSERT_THAT(trail.accesses(), SizeIs(1));
  EXPECT_THAT(trail.accesses(0).facts(), ElementsAre(kCase + "/facts/secret"));
  const v1::ListDeadlinesResponse staffs = list(kStaff);
  for (const v1::Deadline& deadline : staffs.deadlines()) {
    if (deadline.name() != rests->name()) continue;
    EXPECT_THAT(deadline.explanation(), ElementsAre("It rests on a confidential fact."));
  }
}

TEST_F(KnownAtTest, PageToken_IsBoundToTheMoment) {
  ASSERT_THAT(CreateFact("f2"), IsOk());
  v1::ListFactsRequest request;
  request.set_parent(kCase);
  request.set_page_size(1);
  request.set_known_at(Revision());
  ASSERT_OK_AND_ASSIGN(const auto first, ListFacts(request));
  request.set_page_token(first.next_page_token());
  request.set_known_at("2");
  EXPECT_EQ(rpc::ReasonOf(ListFacts(request).status()), "PAGE_TOKEN_INVALID");
  request.clear_known_at();
  EXPECT_EQ(rpc::ReasonOf(ListFacts(request).status()), "PAGE_TOKEN_INVALID");
}

TEST_F(KnownAtTest, ConfidentialFactOfThePast_IsVeiledAndItsReadsAreInTheTrail) {
  ASSERT_THAT(CreateFact("secret", true), IsOk());
  v1::ListFactsRequest request;
  request.set_parent(kCase);
  request.set_known_at(Revision());
  request.set_filter("confidential = true");
  ASSERT_THAT(CreateFact("f2"), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto veiled, ListFacts(request, kStaff));
  ASSERT_EQ(veiled.facts_size(), 1);
  EXPECT_EQ(veiled.facts(0).note(), "");
  auto audit = v1::AuditService::NewStub(channel_);
  const auto trail = [&] {
    return Call(*audit, &v1::AuditService::Stub::ListAccesses, v1::ListAccessesRequest())
        ->accesses();
  };
  EXPECT_THAT(trail(), SizeIs(0));
  EXPECT_EQ(ListFacts(request)->facts(0).note(), "told by a guard");
  ASSERT_THAT(trail(), SizeIs(1));
  EXPECT_THAT(trail()[0].facts(), ElementsAre(kCase + "/facts/secret"));
}

TEST_F(KnownAtTest, UpdatePreparedFromThePast_IsRefusedOnceSomethingHasChanged) {
  const std::string then = Revision();
  v1::UpdateCaseRequest update;
  *update.mutable_case_() = *GetCase(then);
  update.mutable_case_()->set_place("Atyrau");
  update.mutable_update_mask()->add_paths("place");
  ASSERT_THAT(CreateFact("f2"), IsOk());
  const auto refused = Call(*cases_, &v1::CaseService::Stub::UpdateCase, update);
  EXPECT_EQ(rpc::ReasonOf(refused.status()), "ETAG_MISMATCH");
  update.mutable_case_()->set_etag(GetCase(Revision())->etag());
  EXPECT_THAT(Call(*cases_, &v1::CaseService::Stub::UpdateCase, update), IsOk());
}

}  // namespace
}  // namespace vigil::registry
