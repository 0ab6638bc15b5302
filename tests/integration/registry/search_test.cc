// The search, over the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/errors.h"
#include "tests/integration/registry/registry_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SearchTest : public RegistryTest {
 protected:
  absl::StatusOr<v1::SearchCasesResponse> Search(const v1::SearchCasesRequest& request,
                                                 const char* token = kReader) {
    return Call(*cases_, &v1::CaseService::Stub::SearchCases, request, token);
  }

  static v1::SearchCasesRequest Query(const std::string& query) {
    v1::SearchCasesRequest request;
    request.set_query(query);
    return request;
  }

  // Names to show of all hits, over all pages, in their order.
  std::vector<std::string> Names(v1::SearchCasesRequest request, const char* token = kReader) {
    std::vector<std::string> names;
    do {
      const auto page = Search(request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return names;
      for (const auto& result : page->results()) names.push_back(result.case_().display_name());
      const bool first = request.page_token().empty();
      EXPECT_EQ(page->facets().empty(), !first || page->results().empty());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> Names(const std::string& query, const char* token = kReader) {
    return Names(Query(query), token);
  }

  void CreatePerson(const std::string& id, const std::string& display_name,
                    const std::vector<std::string>& names = {}, const std::string& place = "") {
    v1::CreateCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_display_name(display_name);
    request.mutable_case_()->set_place(place);
    for (const std::string& name : names) {
      request.mutable_case_()->mutable_person()->add_names()->set_text(name);
    }
    ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::CreateCase, request), IsOk());
  }

  static v1::Fact Dated(const std::string& date) {
    v1::Fact fact;
    fact.set_date(date);
    fact.mutable_source()->set_title("court file");
    return fact;
  }

  std::string AddFact(const std::string& id, const v1::Fact& fact) {
    v1::CreateFactRequest request;
    request.set_parent("cases/" + id);
    *request.mutable_fact() = fact;
    const auto made = Call(*facts_, &v1::FactService::Stub::CreateFact, request);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }

  void AddHealth(const std::string& id, const std::string& what, bool confidential = false) {
    v1::Fact fact = Dated("2018-04-20");
    fact.mutable_health()->set_what(what);
    fact.set_confidential(confidential);
    AddFact(id, fact);
  }

  void AddVerdict(const std::string& id, const std::string& article, bool confidential = false) {
    v1::Fact fact = Dated("2016-11-28");
    v1::Charge& charge = *fact.mutable_verdict()->add_charges();
    charge.set_code_edition(v1::CODE_EDITION_KZ_CC_2014);
    charge.set_article(article);
    charge.set_outcome(v1::CHARGE_OUTCOME_CONVICTED);
    fact.mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
    fact.mutable_verdict()->set_term("P5Y");
    fact.set_confidential(confidential);
    AddFact(id, fact);
  }

  void AddRemand(const std::string& id) {
    v1::Fact fact = Dated("2018-04-20");
    fact.mutable_custody()->set_kind(v1::Custody::KIND_REMAND);
    AddFact(id, fact);
  }

  // Marks the deadlines of that kind.
  void MarkMet(const std::string& id, v1::DeadlineKind kind) {
    v1::ListDeadlinesRequest request;
    request.set_parent("cases/" + id);
    const auto all = Call(*deadlines_, &v1::DeadlineService::Stub::ListDeadlines, request);
    ASSERT_THAT(all, IsOk());
    for (const v1::Deadline& deadline : all->deadlines()) {
      if (deadline.kind() != kind) continue;
      v1::Fact mark = Dated("2018-04-28");
      const std::string& name = deadline.name();
      mark.mutable_deadline_mark()->set_deadline(name.substr(name.rfind('/') + 1));
      mark.mutable_deadline_mark()->set_mark(v1::DeadlineMark::MARK_MET);
      mark.mutable_deadline_mark()->set_reason("extended");
      AddFact(id, mark);
    }
  }

  void ExpectRefused(const v1::SearchCasesRequest& request, const std::string& reason,
                     const std::string& field) {
    const auto answer = Search(request);
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(field)));
    EXPECT_EQ(rpc::ReasonOf(answer.status()), reason);
  }

  static int FacetOf(const v1::SearchCasesResponse& response, const std::string& field,
                     const std::string& value) {
    for (const auto& facet : response.facets()) {
      if (facet.field() == field && facet.value() == value) return facet.count();
    }
    return 0;
  }
};

TEST_F(SearchTest, ANameIsFoundInAnyScriptAndSpelling_BestFirst) {
  CreatePerson("c-mukhtar", "Mukhtar Dzhakishev");
  CreatePerson("c-other", "Mukhtar Dzhakiyanov");
  CreatePerson("c-aigul", "Aigul Abdikarimova", {"Айгүл Әбдікәрімова"});
  for (const char* query :
       {"Dzhakishev", "Джакишев", "Jakishev", "Jaqyşev", "dzakishef", "dzhakishov", "DZHAKISH"}) {
    const auto names = Names(query);
    ASSERT_FALSE(names.empty()) << query;
    EXPECT_EQ(names[0], "Mukhtar Dzhakishev") << query;
  }
  EXPECT_THAT(Names("Мukhtar"), ElementsAre("Mukhtar Dzhakishev", "Mukhtar Dzhakiyanov"))
      << "with a Cyrillic M";
  EXPECT_THAT(Names("muhtar jaki"), ElementsAre("Mukhtar Dzhakishev", "Mukhtar Dzhakiyanov"));
  EXPECT_THAT(Names("Әбдікәрімова"), ElementsAre("Aigul Abdikarimova"));
  EXPECT_THAT(Names("aygul"), ElementsAre("Aigul Abdikarimova"));
  EXPECT_THAT(Names("Mukhtar Bokayev"), IsEmpty()) << "every word must be found";
}

TEST_F(SearchTest, AWholeNameGoesBeforeItsBeginningAndBeforeWordsElsewhere) {
  CreatePerson("c-fact", "A Person");
  AddHealth("c-fact", "beaten with Ayan");
  CreatePerson("c-begin", "Maks Ayanov");
  CreatePerson("c-whole", "Talgat Ayan");
  EXPECT_THAT(Names("ayan"), ElementsAre("Talgat Ayan", "Maks Ayanov", "A Person"));
}

TEST_F(SearchTest, AResultSaysWhereAndByWhichName) {
  CreatePerson("c-maks", "Maks Bokayev", {"Maks Bokayev", "Макс Бокаев"}, "Atyrau");
  AddVerdict("c-maks", "174");
  AddHealth("c-maks", "hepatitis");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("Бокаев 174 atyrau hepat")));
  ASSERT_THAT(found.results(), SizeIs(1));
  EXPECT_EQ(found.results(0).matched_name(), "Макс Бокаев");
  EXPECT_THAT(found.results(0).matched_fields(),
              ElementsAre(v1::SEARCH_FIELD_NAME, v1::SEARCH_FIELD_FACT, v1::SEARCH_FIELD_ARTICLE,
                          v1::SEARCH_FIELD_PLACE));
  ASSERT_OK_AND_ASSIGN(const auto by_fact, Search(Query("hepatitis")));
  EXPECT_EQ(by_fact.results(0).matched_name(), "Maks Bokayev");
  EXPECT_THAT(by_fact.results(0).matched_fields(), ElementsAre(v1::SEARCH_FIELD_FACT));
}

TEST_F(SearchTest, ANumberIsFoundWhole) {
  CreatePerson("c-one", "One");
  AddVerdict("c-one", "174");
  EXPECT_THAT(Names("174"), ElementsAre("One"));
  EXPECT_THAT(Names("17"), IsEmpty());
}

TEST_F(SearchTest, WhatIsConfidential_IsNeitherFoundNorCounted) {
  CreatePerson("c-one", "One");
  AddHealth("c-one", "whispered", true);
  AddVerdict("c-one", "258", true);
  for (const char* token : {kReader, kAdmin}) {
    EXPECT_THAT(Names("whispered", token), IsEmpty());
    EXPECT_THAT(Names("258", token), IsEmpty());
    v1::SearchCasesRequest narrowed;
    narrowed.set_article("258");
    EXPECT_THAT(Names(narrowed, token), IsEmpty());
    ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("One"), token));
    EXPECT_EQ(FacetOf(found, "article", "258"), 0);
  }
}

TEST_F(SearchTest, WhatIsRetractedOrDeleted_IsNotFoundUntilItIsBack) {
  CreatePerson("c-one", "Mukhtar Dzhakishev");
  v1::Fact fact = Dated("2018-04-20");
  fact.mutable_health()->set_what("feverish");
  v1::RetractFactRequest retraction;
  retraction.set_name(AddFact("c-one", fact));
  retraction.set_reason("another person");
  EXPECT_THAT(Names("feverish"), SizeIs(1));
  ASSERT_THAT(Call(*facts_, &v1::FactService::Stub::RetractFact, retraction), IsOk());
  EXPECT_THAT(Names("feverish"), IsEmpty());
  v1::DeleteCaseRequest deletion;
  deletion.set_name("cases/c-one");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::DeleteCase, deletion), IsOk());
  EXPECT_THAT(Names("jakishev"), IsEmpty());
  v1::UndeleteCaseRequest undeletion;
  undeletion.set_name("cases/c-one");
  ASSERT_THAT(Call(*cases_, &v1::CaseService::Stub::UndeleteCase, undeletion), IsOk());
  EXPECT_THAT(Names("jakishev"), SizeIs(1));
}

TEST_F(SearchTest, EachNarrowingLeavesOutTheOthers) {
  CreatePerson("c-prison", "Person Alpha", {}, "Almaty");
  AddVerdict("c-prison", "174");
  CreatePerson("c-remand", "Person Beta", {}, "Atyrau");
  AddRemand("c-remand");
  CreatePerson("c-none", "Person Gamma");
  EXPECT_THAT(Names("person"), ElementsAre("Person Alpha", "Person Beta", "Person Gamma"));

  v1::SearchCasesRequest request;
  request.add_situations(v1::SITUATION_IMPRISONED);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.add_situations(v1::SITUATION_NOT_STATED);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha", "Person Gamma"));
  request.set_query("person gamma");
  EXPECT_THAT(Names(request), ElementsAre("Person Gamma"));

  request.Clear();
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.set_deadline_until("2018-04-01");
  EXPECT_THAT(Names(request), IsEmpty()) << "one deadline has both the kind and the day";
  request.clear_deadline_until();
  request.set_deadline_from("2018-04-21");
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.add_situations(v1::SITUATION_IMPRISONED);
  EXPECT_THAT(Names(request), IsEmpty()) << "the case has both the situation and the deadline";
  request.add_situations(v1::SITUATION_IN_DETENTION);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.clear_deadline_from();
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
  request.add_deadline_kinds(v1::DEADLINE_KIND_SENTENCE_END);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha", "Person Beta"));

  request.Clear();
  request.set_article("174");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_article("17");
  EXPECT_THAT(Names(request), IsEmpty());

  request.Clear();
  request.set_place("Алматы");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_query("person beta");
  EXPECT_THAT(Names(request), IsEmpty());
}

TEST_F(SearchTest, KindsOfFacts_NarrowAndAreCountedButForConfidentialOnes) {
  CreatePerson("c-ill", "Person Alpha");
  AddHealth("c-ill", "hepatitis");
  CreatePerson("c-told", "Person Beta");
  AddHealth("c-told", "whispered", true);
  CreatePerson("c-remand", "Person Gamma");
  AddRemand("c-remand");
  for (const char* token : {kReader, kAdmin}) {
    v1::SearchCasesRequest request;
    request.set_fact_kind("health");
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha"));
    request.set_query("person");
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha"));
    request.set_known_at(std::to_string(app_->book().Present()->revision()));
    EXPECT_THAT(Names(request, token), ElementsAre("Person Alpha")) << "of the past";
    ASSERT_OK_AND_ASSIGN(const auto found, Search(Query("person"), token));
    EXPECT_EQ(FacetOf(found, "fact_kind", "health"), 1);
    EXPECT_EQ(FacetOf(found, "fact_kind", "custody"), 1);
  }
}

TEST_F(SearchTest, StatesOfDeadlines_NarrowAlsoByThoseThatDoNotStand) {
  CreatePerson("c-met", "Person Alpha");
  AddRemand("c-met");
  CreatePerson("c-open", "Person Beta");
  AddRemand("c-open");
  v1::SearchCasesRequest request;
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  ASSERT_THAT(Names(request), ElementsAre("Person Alpha", "Person Beta"));
  MarkMet("c-met", v1::DEADLINE_KIND_CUSTODY_LIMIT);
  EXPECT_THAT(Names(request), ElementsAre("Person Beta")) << "of those that stand";
  ASSERT_OK_AND_ASSIGN(const auto found, Search(request));
  EXPECT_EQ(FacetOf(found, "deadline_state", "DEADLINE_STATE_MET"), 0) << "Beta has none";

  request.add_deadline_states(v1::DEADLINE_STATE_MET);
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_deadline_from("2018-04-21");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "by the index of days";
  request.clear_deadline_from();
  request.clear_deadline_kinds();
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "by the index of states";
  request.set_query("person");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha"));
  request.set_as_of("2018-04-28");
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "as of a day";
  request.set_known_at(std::to_string(app_->book().Present()->revision()));
  EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << "of the past";
}

TEST_F(SearchTest, AFacetCountsWhatNarrowingByItFinds) {
  CreatePerson("c-one", "Person Alpha", {}, "Almaty");
  AddVerdict("c-one", "174");
  CreatePerson("c-two", "Person Beta", {}, "Almaty");
  AddVerdict("c-two", "174");
  AddVerdict("c-two", "258");
  CreatePerson("c-three", "Person Gamma", {}, "Atyrau");
  AddRemand("c-three");
  const v1::SearchCasesRequest all = Query("person");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(all));
  EXPECT_EQ(FacetOf(found, "article", "174"), 2);
  EXPECT_EQ(FacetOf(found, "place", "almaty"), 2);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_IMPRISONED"), 2);
  EXPECT_EQ(FacetOf(found, "deadline_kind", "DEADLINE_KIND_CUSTODY_LIMIT"), 1);
  EXPECT_EQ(FacetOf(found, "fact_kind", "verdict"), 2);
  EXPECT_GE(FacetOf(found, "deadline_state", "DEADLINE_STATE_UPCOMING"), 2);
  for (const auto& facet : found.facets()) {
    v1::SearchCasesRequest narrowed = all;
    v1::Situation situation;
    v1::DeadlineKind kind;
    v1::DeadlineState state;
    if (facet.field() == "fact_kind") narrowed.set_fact_kind(facet.value());
    if (facet.field() == "article") narrowed.set_article(facet.value());
    if (facet.field() == "place") narrowed.set_place(facet.value());
    if (v1::Situation_Parse(facet.value(), &situation)) narrowed.add_situations(situation);
    if (v1::DeadlineKind_Parse(facet.value(), &kind)) narrowed.add_deadline_kinds(kind);
    if (v1::DeadlineState_Parse(facet.value(), &state)) narrowed.add_deadline_states(state);
    ASSERT_OK_AND_ASSIGN(const auto narrower, Search(narrowed));
    EXPECT_EQ(narrower.total_size(), facet.count()) << facet.field() << " " << facet.value();
  }
}

TEST_F(SearchTest, PagesShowEachHitOnceInOrder) {
  for (int i = 0; i < 23; ++i) CreatePerson("", "Person " + std::to_string(100 + i));
  CreatePerson("", "Personov");
  v1::SearchCasesRequest request = Query("person");
  request.set_page_size(5);
  const auto names = Names(request);
  ASSERT_THAT(names, SizeIs(24));
  EXPECT_EQ(names.back(), "Personov");
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end() - 1));
  ASSERT_OK_AND_ASSIGN(const auto page, Search(request));
  EXPECT_EQ(page.total_size(), 24);
  EXPECT_FALSE(page.cut_off());
  request.set_page_token(page.next_page_token());
  request.set_query("personov");
  ExpectRefused(request, "PAGE_TOKEN_INVALID", "page_token");
}

TEST_F(SearchTest, AsOf_ShowsTheCasesOfThatDay) {
  CreatePerson("c-one", "Person Alpha");
  AddVerdict("c-one", "174");
  v1::SearchCasesRequest request = Query("person");
  request.set_as_of("2016-01-01");
  ASSERT_OK_AND_ASSIGN(const auto found, Search(request));
  EXPECT_EQ(found.results(0).case_().situation(), v1::SITUATION_NOT_STATED);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_NOT_STATED"), 1);
  EXPECT_EQ(FacetOf(found, "situation", "SITUATION_IMPRISONED"), 0);
}

TEST_F(SearchTest, AsOf_NarrowsByThatDay) {
  CreatePerson("c-one", "Person Alpha");
  AddVerdict("c-one", "174");
  CreatePerson("c-two", "Person Beta");
  AddRemand("c-two");
  v1::SearchCasesRequest request;
  request.add_situations(v1::SITUATION_IMPRISONED);
  for (const char* query : {"", "person"}) {
    request.set_query(query);
    request.set_as_of("2018-04-28");
    EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << query;
    request.set_as_of("2016-01-01");
    EXPECT_THAT(Names(request), IsEmpty()) << query;
    request.set_known_at(std::to_string(app_->book().Present()->revision()));
    EXPECT_THAT(Names(request), IsEmpty()) << query << ", of the past";
    request.set_as_of("2017-01-01");
    EXPECT_THAT(Names(request), ElementsAre("Person Alpha")) << query << ", of the past";
    request.clear_known_at();
  }
  request.Clear();
  request.add_deadline_kinds(v1::DEADLINE_KIND_CUSTODY_LIMIT);
  request.set_as_of("2018-04-01");
  EXPECT_THAT(Names(request), IsEmpty()) << "before anybody was taken into custody";
  request.set_as_of("2018-05-01");
  EXPECT_THAT(Names(request), ElementsAre("Person Beta"));
}

TEST_F(SearchTest, OddQueries_AreRefusedByField) {
  ExpectRefused(Query(""), "REQUIRED", "query");
  ExpectRefused(Query(" - !"), "REQUIRED", "query");
  ExpectRefused(Query(std::string(401, 'x')), "TEXT_TOO_LONG", "query");
  ExpectRefused(Query("a b c d e f g h i j k l m n o p q"), "TOO_MANY", "query");
  v1::SearchCasesRequest request;
  request.set_article(std::string(401, '1'));
  ExpectRefused(request, "TEXT_TOO_LONG", "article");
  request.set_article("-");
  ExpectRefused(request, "REQUIRED", "article");
  request.Clear();
  request.set_place("…");
  ExpectRefused(request, "REQUIRED", "place");
  request.Clear();
  request.set_deadline_from("soon");
  ExpectRefused(request, "BAD_DATE", "deadline_from");
  request.Clear();
  request.set_deadline_until("2018-02-30");
  ExpectRefused(request, "BAD_DATE", "deadline_until");
  for (const char* kind : {"verdicts", "date", "what"}) {
    request.Clear();
    request.set_fact_kind(kind);
    ExpectRefused(request, "BAD_FACT_KIND", "fact_kind");
  }
  for (const int state : {0, 77}) {
    request.Clear();
    request.add_deadline_states(static_cast<v1::DeadlineState>(state));
    ExpectRefused(request, "BAD_DEADLINE_STATE", "deadline_states");
  }
  request = Query("a");
  request.set_as_of("2018-02-30");
  ExpectRefused(request, "BAD_DATE", "as_of");
}

}  // namespace
}  // namespace vigil::registry
